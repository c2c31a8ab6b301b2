/* A body that tells what its reader gets of it, and how it ended. */

import { isNetError, type NetError } from '@net/core'
import { leavable } from '@net/core/authoring'

import { inOneGo, type HearingBody, type HttpBody } from '../body.ts'

/** Hears of a body. */
export interface BodyTap {
  /** A piece, which is the tap's own. */
  piece(chunk: Uint8Array): void
  /** Nothing more is read, once; `error` is what ended it. */
  ended(error: NetError | undefined): void
}

/** The body as its reader has it. */
export class TappedBody implements HearingBody {
  readonly size: number | undefined
  readonly #inner: HttpBody
  readonly #tap: BodyTap
  #isOver = false

  constructor(inner: HttpBody, tap: BodyTap) {
    this.size = inner.size
    this.#inner = inner
    this.#tap = tap
    void inner.closed.then((error) => {
      // What has arrived may still be read.
      if (error !== undefined) this.#end(error)
    })
  }

  get closed(): Promise<NetError | undefined> {
    return this.#inner.closed
  }

  cancel(): void {
    this.#end(undefined)
    this.#inner.cancel()
  }

  willBeReadWhole(): void {
    inOneGo(this.#inner)
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, undefined> {
    return leavable(this.#read(), { leave: () => this.cancel() })
  }

  async *#read(): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const chunk of this.#inner) {
        // A copy: the reader may write into what it gets.
        this.#tap.piece(Uint8Array.from(chunk))
        yield chunk
      }
    } catch (error) {
      this.#end(isNetError(error) ? error : undefined)
      throw error
    } finally {
      this.#end(undefined)
    }
  }

  #end(error: NetError | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#tap.ended(error)
  }
}
