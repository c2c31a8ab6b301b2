/*
 * A body that is kept while it is read: all of it or nothing. What its reader gives up, or cannot decode, is not kept; a
 * coding that turns out to be broken behind the last byte takes back what was kept already.
 */

import type { NetError } from '@net/core'
import { leavable } from '@net/core/authoring'

import { inOneGo, type HearingBody, type HttpBody } from '../body.ts'

/** Who hears of the bytes. */
export interface BodyKeeper {
  /** All of them are there. */
  whole(bytes: Uint8Array): void
  /** They will not come, or are not to be kept. */
  lost(): void
}

/** The body as its reader has it. */
export class RecordingBody implements HearingBody {
  readonly size: number | undefined
  readonly #inner: HttpBody
  readonly #keeper: BodyKeeper
  readonly #most: number
  #chunks: Uint8Array[] | undefined = []
  #length = 0

  /** Of a body of more than `most` bytes nothing is kept. */
  constructor(inner: HttpBody, most: number, keeper: BodyKeeper) {
    this.size = inner.size
    this.#inner = inner
    this.#most = most
    this.#keeper = keeper
    if ((inner.size ?? 0) > most) this.#lose()
  }

  get closed(): Promise<NetError | undefined> {
    return this.#inner.closed
  }

  cancel(): void {
    this.#lose()
    this.#inner.cancel()
  }

  willBeReadWhole(): void {
    inOneGo(this.#inner)
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, undefined> {
    return leavable(this.#recorded(), { leave: () => this.cancel() })
  }

  async *#recorded(): AsyncGenerator<Uint8Array, void> {
    let isWhole = false
    try {
      for await (const chunk of this.#inner) {
        this.#add(chunk)
        yield chunk
      }
      isWhole = true
    } finally {
      if (!isWhole) this.#lose()
    }
    if (this.#chunks !== undefined) this.#keeper.whole(Buffer.concat(this.#chunks))
    this.#chunks = undefined
  }

  /** A copy: the reader may write into what it gets. */
  #add(chunk: Uint8Array): void {
    if (this.#chunks === undefined) return
    this.#length += chunk.length
    if (this.#length > this.#most) this.#lose()
    else this.#chunks.push(Uint8Array.from(chunk))
  }

  #lose(): void {
    this.#chunks = undefined
    this.#keeper.lost()
  }
}
