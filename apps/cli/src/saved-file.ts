/* A file that a run has saved, and a later one finds: whether it is still what its server has. */

import { stat, utimes } from 'node:fs/promises'

import { netError } from '@net/core/authoring'

import type { Call } from './call.ts'
import { harmless } from './output/harmless.ts'
import { bytesText } from './output/units.ts'

/** What a server tells of a file: its size in bytes, and when it was modified, in milliseconds since 1970. */
export interface ToldFile {
  readonly size?: number | undefined
  readonly modified?: number | undefined
}

/**
 * Whether the file has the size and the time of the server's. Throws `NET_SIZE_MISMATCH` for a longer one, which is not the
 * beginning of what the server has.
 */
export async function isWhole(file: string, { size, modified }: ToldFile): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true || size === undefined) return false
  if (found.size > size) {
    throw netError('NET_SIZE_MISMATCH', {
      message: `${file} has ${found.size} bytes, more than the server's file (${size}): --force replaces it`,
      received: found.size,
      expected: size,
    })
  }
  // A file that was written here has a fraction of a second.
  return (
    found.size === size && modified !== undefined && found.mtimeMs === secondOf(modified) * 1000
  )
}

/** Gives the file the time of the server's, by which a later run knows it; where that cannot be done, it has its own. */
export async function takeTime(file: string, { modified }: ToldFile): Promise<void> {
  if (modified === undefined) return
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true) return
  await utimes(file, found.atime, secondOf(modified)).catch(() => {})
}

/** Tells that the file is there. */
export async function tellSaved(
  { output }: Call,
  { file, size, url, isOld = false }: SavedFile,
): Promise<void> {
  await output.event({ type: 'saved', file, size, url })
  const shown = harmless(file)
  output.note(isOld ? `${shown} is complete` : `saved ${bytesText(size)} to ${shown}`)
}

/** A file that is there now, and whether it was before. */
export interface SavedFile {
  readonly file: string
  readonly size: number
  readonly url: string
  readonly isOld?: boolean
}

/** No server and no file system tells times that are coarser. */
function secondOf(time: number): number {
  return Math.floor(time / 1000)
}
