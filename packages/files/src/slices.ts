/* Listings of trees of this package, many entries at a time: one by one they cost more than the disk that they come from. */

import type { CallOptions, RemoteEntry, RemoteFiles } from '@net/core'

/** A tree that can list like that. */
export interface SlicedTree {
  [SLICES](path: string, options: CallOptions): AsyncIterable<readonly RemoteEntry[]>
}

/** The entries of the folder, in slices where the tree has them, else one by one. */
export async function* slicesOf(
  files: RemoteFiles,
  path: string,
  options: CallOptions,
): AsyncGenerator<readonly RemoteEntry[], void> {
  if (isSliced(files)) yield* files[SLICES](path, options)
  else for await (const entry of files.list(path, options)) yield [entry]
}

function isSliced(files: object): files is SlicedTree {
  return SLICES in files
}

/** The name of the method, the same for every installed copy of this package. */
export const SLICES: unique symbol = Symbol.for('net.files.slices')
