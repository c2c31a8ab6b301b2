/* Bytes that come one after the other, beside those of a source. It must not know where they come from. */

import type { Source } from '@net/core'

import { chunksOf } from './source-chunks.ts'

/** A comparison with a source from a place on. Disposing closes the source. */
export class SourceComparison implements AsyncDisposable {
  #differs = false
  readonly #chunks: AsyncGenerator<Uint8Array, void>
  /** What the source has given and was not compared yet. */
  #held: Uint8Array = NOTHING

  constructor(source: Source, from: number) {
    this.#chunks = chunksOf(source, from)
  }

  /** Whether anything was not as in the source, or behind its end. */
  get differs(): boolean {
    return this.#differs
  }

  /** These bytes come next. Rejects with what the source throws. */
  async take(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#differs;) {
      const isThere = await this.#hasMore()
      const size = Math.min(this.#held.length, bytes.length - at)
      const [ours, theirs] = [this.#held.subarray(0, size), bytes.subarray(at, at + size)]
      if (!isThere || Buffer.compare(ours, theirs) !== 0) this.#differs = true
      this.#held = this.#held.subarray(size)
      at += size
    }
  }

  /** Whether the source has no more. */
  async isAtEnd(): Promise<boolean> {
    return !(await this.#hasMore())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return().catch(() => {})
  }

  async #hasMore(): Promise<boolean> {
    while (this.#held.length === 0) {
      const next = await this.#chunks.next()
      if (next.done === true) return false
      this.#held = next.value
    }
    return true
  }
}

const NOTHING = new Uint8Array(0)
