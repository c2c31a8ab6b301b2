/*
 * Small files as a whole, where one side is elsewhere: a tree that knows how takes or gives one in fewer trips than its verbs
 * would need. Whatever is out of the ordinary is left to the verbs.
 */

import type { CallOptions, RemoteEntry, RemoteFiles } from '@net/core'
import { SMALL_FILES } from '@net/core/authoring'

/** What a tree does with small files besides its verbs. */
export interface SmallFiles {
  /** Up to so many bytes a file is small. */
  readonly most: number
  /** How many tiny files are moved at a time. Each costs little but its round trips. Default as many as other calls. */
  readonly callsOfTiny?: number | undefined
  /**
   * The bytes of the file, which has so many by its listing; undefined where it has to go the long way. Absent where the verbs
   * are as short.
   */
  read?(path: string, size: number, options: CallOptions): Promise<SmallFile | undefined>
  /** Makes the file, or replaces what has the name, and tells what is there then; else as `read`. */
  write?(path: string, bytes: Uint8Array, options: SmallWrite): Promise<RemoteEntry | undefined>
}

/** What was read. */
export interface SmallFile {
  readonly bytes: Uint8Array
  /** What the tree showed of the file behind the last byte. */
  readonly entry: RemoteEntry
}

/** How a small file is written. */
export interface SmallWrite extends CallOptions {
  /** Its permission bits from the first byte on; undefined for those of any new file. */
  readonly mode: number | undefined
  /** Undefined for the time of the copy. */
  readonly modified: number | undefined
}

/** How the tree handles small files; undefined where it has only its verbs. */
export function smallFilesOf(files: RemoteFiles): SmallFiles | undefined {
  return SMALL_FILES in files ? (files as SmallTree)[SMALL_FILES] : undefined
}

/** A tree that knows how. */
export interface SmallTree {
  readonly [SMALL_FILES]: SmallFiles
}

/** Up to so many bytes a file is tiny. */
export const MOST_OF_TINY = 32_768
