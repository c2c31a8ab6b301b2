/* What goes over the wire as a message, made ready to be sent once. */

import type { Readable } from 'node:stream'

/** The bytes of one message. */
export interface Content {
  readonly content: Buffer | Readable
  /** In bytes, where it is known. */
  readonly size?: number
  /** Whether it may have bytes above 127. */
  readonly eightBit: boolean
  /** What the caller's own source threw. */
  readonly fault: { readonly error: unknown } | undefined
  /** Lets go of every source that was opened; no byte is read from them afterwards. */
  close(): Promise<void>
}
