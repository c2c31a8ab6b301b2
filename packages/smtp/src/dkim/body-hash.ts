/* The hash of a message's body in its relaxed form (RFC 6376, section 3.4.4), however its bytes are cut. */

import { createHash } from 'node:crypto'

/** Hashes one body. */
export class BodyHash {
  readonly #hash = createHash('sha256')
  // What has no end of a line yet.
  #rest = ''
  // Ends of lines that count only if something follows them.
  #ends = 0
  #isEmpty = true

  push(chunk: Uint8Array): void {
    const { buffer, byteOffset, length } = chunk
    let text = this.#rest + Buffer.from(buffer, byteOffset, length).toString('latin1')
    // A CR at the end may be half an end of a line.
    const held = text.endsWith('\r') ? '\r' : ''
    if (held !== '') text = text.slice(0, -1)
    if (IRREGULAR.test(text)) text = text.replaceAll(LINE_END, '\r\n')
    const end = text.lastIndexOf('\r\n') + 2
    if (end < 2) {
      this.#rest = text + held
      return
    }
    this.#lines(text.slice(0, end))
    this.#rest = text.slice(end) + held
  }

  /** The hash in base64. */
  digest(): string {
    const rest = this.#rest.replace(/\r$/, '')
    if (rest !== '' || this.#rest.endsWith('\r')) this.#lines(`${rest}\r\n`)
    if (!this.#isEmpty) this.#hash.update('\r\n')
    return this.#hash.digest('base64')
  }

  #lines(text: string): void {
    const relaxed = SPACES.test(text)
      ? text.replaceAll(/[ \t]+/g, ' ').replaceAll(/ (?=\r\n)/g, '')
      : text
    let end = relaxed.length
    let ends = 0
    while (relaxed.endsWith('\r\n', end) && end > 0) {
      end -= 2
      ends += 1
    }
    if (end === 0) {
      this.#ends += ends
      return
    }
    const before = '\r\n'.repeat(this.#ends)
    this.#hash.update(before + relaxed.slice(0, end), 'latin1')
    this.#ends = ends
    this.#isEmpty = false
  }
}

const SPACES = /[ \t]/
const IRREGULAR = /\r(?!\n)|(?<!\r)\n/
const LINE_END = /\r\n?|\n/g
