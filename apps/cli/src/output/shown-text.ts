/* What the bytes of a peer are on a terminal, however they are cut. */

import { harmlessLines } from './harmless.ts'

/** Bytes as harmless text, a piece at a time. */
export class ShownText {
  readonly #decoder = new TextDecoder()
  #isAfterReturn = false

  /** What can be shown now: a character waits for its last byte, and CR for what it stands before. */
  add(bytes: Uint8Array): string {
    return this.#shown(this.#decoder.decode(bytes, { stream: true }), false)
  }

  /** The rest, when no more bytes come. */
  end(): string {
    return this.#shown(this.#decoder.decode(), true)
  }

  #shown(text: string, isLast: boolean): string {
    const whole = this.#isAfterReturn ? `\r${text}` : text
    this.#isAfterReturn = !isLast && whole.endsWith('\r')
    return harmlessLines(this.#isAfterReturn ? whole.slice(0, -1) : whole)
  }
}
