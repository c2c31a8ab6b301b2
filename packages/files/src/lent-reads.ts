/* Files that are read for a copy, which keeps no chunk: where the tree knows how, their memory is used again and again. */

import type { RemoteFiles, RemoteReadOptions } from '@net/core'
import { LENT_READS } from '@net/core/authoring'

/** A tree that can lend the memory of what is read. */
export interface LendingTree {
  [LENT_READS](path: string, options: RemoteReadOptions): AsyncIterable<Uint8Array>
}

/** The bytes of the file. A chunk may change once the next one is asked for, as those of a `Source` may. */
export function readLent(
  files: RemoteFiles,
  path: string,
  options: RemoteReadOptions,
): AsyncIterable<Uint8Array> {
  return isLending(files) ? files[LENT_READS](path, options) : files.read(path, options)
}

function isLending(files: object): files is LendingTree {
  return LENT_READS in files
}
