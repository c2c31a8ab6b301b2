/*
 * From bytes to lines of text, each a reply of its own, for protocols whose replies are no codes: POP3, IMAP, Redis. No
 * I/O. It must not know where an answer of several lines ends: what takes the replies does.
 */

import { netError } from '@net/core/authoring'

import type { ReplyReader } from './reply-lines.ts'

/** What lines are like. */
export interface TextLinesOptions {
  /** The first of all characters that the server sends must be one of these, so that another protocol is refused at once: `+-`. */
  readonly begins?: string
  /** At most so many bytes a line, its end not counted; default 64 KiB. */
  readonly limit?: number
}

/** Puts lines together. */
export class TextLines implements ReplyReader<string> {
  readonly #limit: number
  #begins: string | undefined
  #rest: Buffer = Buffer.alloc(0)

  constructor({ begins, limit = LONGEST }: TextLinesOptions = {}) {
    this.#begins = begins
    this.#limit = limit
  }

  get pending(): boolean {
    return this.#rest.length > 0
  }

  /**
   * The lines without their ends, LF or CRLF, each byte as one character, so that nothing is lost:
   * `Buffer.from(line, 'latin1')` has the bytes again. Throws `NET_PROTO_LIMIT` for a line that is too long, and
   * `NET_PROTO_MALFORMED` for what does not begin as it must.
   */
  *push(chunk: Uint8Array): Generator<string> {
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk])
    this.#checkFirst(this.#rest)
    for (let end = this.#rest.indexOf(LF); end >= 0; end = this.#rest.indexOf(LF)) {
      const length = this.#rest[end - 1] === CR ? end - 1 : end
      this.#check(length)
      const line = this.#rest.toString('latin1', 0, length)
      this.#rest = this.#rest.subarray(end + 1)
      yield line
    }
    this.#check(this.#rest.length)
  }

  #checkFirst(bytes: Buffer): void {
    const begins = this.#begins
    if (begins === undefined || bytes.length === 0) return
    this.#begins = undefined
    if (begins.includes(bytes.toString('latin1', 0, 1))) return
    throw netError('NET_PROTO_MALFORMED', {
      message: `the server speaks another protocol: ${bytes.toString('latin1', 0, 80)}`,
    })
  }

  #check(length: number): void {
    if (length <= this.#limit) return
    throw netError('NET_PROTO_LIMIT', {
      message: `the server sent a line with more than ${this.#limit} bytes`,
      limit: this.#limit,
    })
  }
}

const LF = 0x0a
const CR = 0x0d
const LONGEST = 65_536
