/* Where a local file is, and how it is written. Types only. */

import type { PartFile } from '../part-file.ts'

/** The path of a file for the system, and in its tree. */
export interface FilePlace {
  readonly at: string | Buffer
  readonly path: string
}

/** Where in a file is written, and with which mode it is made. */
export interface WritePlan {
  readonly start: number
  readonly keepRest: boolean
  readonly mode?: number | undefined
  /** The only file that may be written to; where it is not begun, it is made anew in the place of what is there. */
  readonly file?: PartFile | undefined
}
