/* What goes over the wire as a message, made ready to be sent once. */

import type { Operation } from '@net/core/authoring'

import type { ContentFacts } from './content-scan.ts'

/** The bytes of one message. */
export interface Content {
  /** What the caller's own sources throw passes as it is. */
  readonly content: Buffer | AsyncIterable<Uint8Array>
  /** In bytes on the wire, where it is known. */
  readonly size?: number
  /** Whether the bytes go over the wire as they are: in whole lines that end with CRLF, of which none begins with a dot. */
  readonly ready?: boolean
  /** All of it with its final dot, as a text each character of which is a byte; where it was written in memory and is `ready`. */
  readonly dotted?: string | undefined
  /** Whether it has, or may have, bytes above 127. */
  readonly eightBit: boolean
  /** Whether its headers have such bytes. */
  readonly utf8Headers: boolean
  /** Lets go of every source that was opened; no byte is read from them afterwards. Absent where none was. */
  close?(): Promise<void>
}

/** For whom content is made ready. */
export interface Opening {
  /** Stops what is opened. */
  readonly op: Pick<Operation, 'onAbort'>
  /** Throws if the server does not take such content. */
  readonly check: (facts: ContentFacts) => void
}
