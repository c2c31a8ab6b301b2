/* Files that are read for a copy, which keeps no chunk: where the tree knows how, their memory is used again and again. */

import type { RemoteFiles, RemoteReadOptions } from '@net/core'

/** A tree that can lend the memory of what is read. */
export interface LendingTree {
  [LENT](path: string, options: RemoteReadOptions): AsyncIterable<Uint8Array>
}

/** The bytes of the file. A chunk may change once the next one is asked for, as those of a `Source` may. */
export function readLent(
  files: RemoteFiles,
  path: string,
  options: RemoteReadOptions,
): AsyncIterable<Uint8Array> {
  return isLending(files) ? files[LENT](path, options) : files.read(path, options)
}

function isLending(files: object): files is LendingTree {
  return LENT in files
}

/** The name of the method, the same for every installed copy of this package. */
export const LENT: unique symbol = Symbol.for('net.files.lent')
