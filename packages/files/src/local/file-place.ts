/* Where a local file is, and how it is written. Types only. */

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
}
