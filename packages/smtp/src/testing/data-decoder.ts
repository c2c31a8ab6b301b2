/* The bytes between DATA and the final dot (RFC 5321, section 4.5.2), however they were cut. */

import { ByteQueue } from '@net/core/authoring'

/** Collects one message. */
export class DataDecoder {
  readonly #limit: number
  readonly #kept = new ByteQueue()
  // The line end of DATA itself counts, so that a dot alone ends an empty message.
  #tail: Buffer = Buffer.from('\r\n')
  #size = 0

  /** Beyond `limit` bytes the message is thrown away, but read to its end. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether the message had more bytes than the limit. */
  get tooLong(): boolean {
    return this.#size > this.#limit
  }

  /** The bytes behind the final dot; undefined while that has not come. */
  push(chunk: Buffer): Buffer | undefined {
    const window = Buffer.concat([this.#tail, chunk])
    const at = window.indexOf(END)
    const before = this.#tail.length
    if (at < 0) {
      this.#keep(chunk)
      this.#tail = window.subarray(Math.max(window.length - END.length + 1, 0))
      return undefined
    }
    const end = at + END.length - before
    this.#keep(chunk.subarray(0, Math.max(end, 0)))
    return chunk.subarray(end)
  }

  /** The message without its final dot and with doubled dots undone. */
  message(): Buffer {
    // The final dot's line went in as well, up to where it was known to be one.
    const whole = Buffer.from(this.#kept.peek(this.#kept.length))
    const text = whole.subarray(0, Math.max(whole.length - DOT_LINE, 0))
    const parts: Buffer[] = []
    let start = text[0] === DOT ? 1 : 0
    for (let at = text.indexOf(STUFFED); at >= 0; at = text.indexOf(STUFFED, at + STUFFED.length)) {
      parts.push(text.subarray(start, at + 2))
      start = at + STUFFED.length
    }
    parts.push(text.subarray(start))
    return Buffer.concat(parts)
  }

  #keep(chunk: Buffer): void {
    this.#size += chunk.length
    if (this.tooLong) this.#kept.clear()
    else this.#kept.push(chunk)
  }
}

/** Whether the bytes have a line end that is not CRLF, which RFC 5321, section 2.3.8, does not allow. */
export function hasBareLineEnd(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at - 1] !== CR) return true
  }
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) {
    if (bytes[at + 1] !== LF) return true
  }
  return false
}

const END: Buffer = Buffer.from('\r\n.\r\n')
const STUFFED: Buffer = Buffer.from('\r\n.')
const DOT_LINE = '.\r\n'.length
const DOT = 0x2e
const CR = 0x0d
const LF = 0x0a
