/* The body of a recorded answer, in the pieces in which it came, with the error that ended it. */

import type { NetError } from '@net/core'
import { netError } from '@net/core/authoring'

import type { HttpBody } from '../body.ts'

/** Pieces that are there already, to be read once. */
export class PiecesBody implements HttpBody {
  readonly size: undefined
  readonly closed: Promise<NetError | undefined>
  readonly #settle: (error: NetError | undefined) => void
  readonly #pieces: readonly Uint8Array[]
  readonly #error: NetError | undefined
  #isTaken = false

  constructor(pieces: readonly Uint8Array[], error: NetError | undefined) {
    const { promise, resolve } = Promise.withResolvers<NetError | undefined>()
    this.closed = promise
    this.#settle = resolve
    this.#pieces = pieces
    this.#error = error
  }

  cancel(): void {
    this.#isTaken = true
    this.#settle(undefined)
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    if (this.#isTaken) throw netError('NET_BODY_CONSUMED', { message: 'the body was read already' })
    this.#isTaken = true
    return this.#read()
  }

  async *#read(): AsyncGenerator<Uint8Array, void> {
    try {
      for (const piece of this.#pieces) yield piece
      if (this.#error !== undefined) throw this.#error
    } finally {
      this.#settle(this.#error)
    }
  }
}
