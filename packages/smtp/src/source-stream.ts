/*
 * A source of the caller's as the kind of stream that the engine reads. What the source throws is kept here as it
 * is: the engine would write into it.
 */

import { once } from 'node:events'
import { Readable } from 'node:stream'

import { copyOf, type OpenSource } from '@net/core/authoring'

/** One opened source as a stream. */
export class SourceStream {
  readonly readable: Readable
  readonly #source: OpenSource
  #fault: { readonly error: unknown } | undefined

  constructor(source: OpenSource) {
    this.#source = source
    this.readable = Readable.from(this.#chunks(), { objectMode: false })
    // Its reader gets its errors; before and after that none of them may end the process.
    this.readable.on('error', () => {})
  }

  /** What the source threw. */
  get fault(): { readonly error: unknown } | undefined {
    return this.#fault
  }

  /** Waits for its first bytes, which stay where they are, or its end. Rejects with what the source throws. */
  async begin(): Promise<void> {
    await once(this.readable, 'readable').catch((error: unknown) => {
      throw this.#fault?.error ?? error
    })
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    this.readable.destroy()
    await this.#source.close()
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void> {
    try {
      // The stream reads ahead, and the chunk is its owner's again when the next one is asked for.
      for await (const chunk of this.#source.chunks()) yield copyOf(chunk)
    } catch (error) {
      this.#fault = { error }
      throw new Error('the source failed', { cause: error })
    }
  }
}
