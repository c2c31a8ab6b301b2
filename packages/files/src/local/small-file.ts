/* Small files in one go: read into memory that is there, made with mode and time. Nothing here waits. */

import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  futimesSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs'

import { netError } from '@net/core/authoring'

import { badName } from '../tree-path.ts'
import type { FilePlace } from './file-place.ts'
import { CAREFUL, PERMISSIONS } from './write-target.ts'

/** What was read. */
export interface SmallRead {
  /** At most the size of the memory: a larger file is not read to its end. */
  readonly size: number
  /** What the file is behind the last byte. */
  readonly found: Stats
}

/** Reads the file, which has so many bytes by its listing, into the memory. Throws `NET_BAD_NAME` for what is no file. */
export function readSmall(
  { at, path }: FilePlace,
  memory: Uint8Array,
  expected: number,
): SmallRead {
  const file = openSync(at, constants.O_RDONLY | CAREFUL)
  try {
    let size = 0
    while (size < memory.length) {
      const read = readSync(file, memory, size, memory.length - size, size)
      size += read
      if (read === 0 || size === expected) break
    }
    // Behind the last byte: it shows what came to the file meanwhile.
    const found = fstatSync(file)
    if (!found.isFile()) throw badName(path, 'it is not a regular file')
    return { size, found }
  } finally {
    closeSync(file)
  }
}

/** How a file is made. */
export interface SmallDress {
  /** Undefined for that of any new file. */
  readonly mode: number | undefined
  readonly modified: number | undefined
}

/** Makes a file of these bytes and tells what is there then; undefined where something has the name. */
export function makeSmall(
  at: string | Buffer,
  bytes: Uint8Array,
  dress: SmallDress,
): Stats | undefined {
  const { O_CREAT, O_EXCL, O_WRONLY } = constants
  let file: number
  try {
    file = openSync(at, O_WRONLY | O_CREAT | O_EXCL | CAREFUL, dress.mode ?? 0o666)
  } catch (error) {
    if (Reflect.get(error as Error, 'code') === 'EEXIST') return undefined
    throw error
  }
  try {
    return filled(file, bytes, dress)
  } catch (error) {
    unlinkSync(at)
    throw error
  } finally {
    closeSync(file)
  }
}

function filled(file: number, bytes: Uint8Array, { mode, modified }: SmallDress): Stats {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done)
  }
  if (modified !== undefined) futimesSync(file, modified / 1000, modified / 1000)
  const made = fstatSync(file)
  // The mask of the process took some away.
  if (mode !== undefined && (made.mode & PERMISSIONS) !== mode) fchmodSync(file, mode)
  if (made.size === bytes.length) return made
  throw netError('NET_SIZE_MISMATCH', {
    message: `the copy has ${made.size} bytes, and the source ${bytes.length}`,
    expected: bytes.length,
    received: made.size,
  })
}
