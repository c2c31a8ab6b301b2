/* Bytes as lines of base64 (RFC 2045, section 6.8), however they are cut. */

import { inLines } from './encoded-text.ts'

/** Encodes one source. */
export class Base64Lines {
  #rest: Uint8Array = NOTHING
  #begun = false

  /** The lines that the bytes complete, each but the first of all behind the end of the one before it. */
  encode(chunk: Uint8Array): Buffer {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const whole = bytes.length - (bytes.length % LINE)
    this.#rest = Uint8Array.from(bytes.subarray(whole))
    return this.#lines(bytes.subarray(0, whole))
  }

  /** The last line, if it is not whole. */
  end(): Buffer {
    return this.#lines(this.#rest)
  }

  #lines({ buffer, byteOffset, length }: Uint8Array): Buffer {
    if (length === 0) return NOTHING
    const text = Buffer.from(buffer, byteOffset, length).toString('base64')
    const from = this.#begun ? '\r\n' : ''
    this.#begun = true
    return Buffer.from(`${from}${inLines(text)}`, 'latin1')
  }
}

/** How many bytes these lines are for so many bytes of the source. */
export function base64Size(bytes: number): number {
  const letters = Math.ceil(bytes / 3) * 4
  const lines = Math.ceil(letters / LETTERS)
  return letters + Math.max(lines - 1, 0) * 2
}

const NOTHING: Buffer = Buffer.alloc(0)
// So many bytes are 76 letters.
const LINE = 57
const LETTERS = 76
