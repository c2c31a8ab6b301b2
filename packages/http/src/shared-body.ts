/*
 * A body that several read, each at its own pace: what some have read waits for the others, up to a limit beyond which the slow
 * ones fail and not the one that reads. It must not know what reads it.
 */

import { ByteQueue, netError } from '@net/core/authoring'

import type { HttpBody } from './body.ts'

/** One who reads it all. */
export interface BodyReader {
  /** The next bytes; undefined at the end. Rejects with the body's error, or `NET_PROTO_LIMIT` for one that was too slow. */
  next(): Promise<Uint8Array | undefined>
  /** It reads no more; the last one to say so lets go of the body. */
  cancel(): void
  /** Another one, who gets what this one has not read yet. */
  fork(): BodyReader
}

/** The first one who reads the body; `limit` is how many bytes may wait for each. */
export function readerOf(body: HttpBody, limit: number): BodyReader {
  return new SharedBody(body, limit).reader()
}

/** What one of them has not read yet. */
interface Share {
  readonly queue: ByteQueue
  isWaiting: boolean
  isLate: boolean
}

class SharedBody {
  readonly #body: HttpBody
  readonly #limit: number
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #shares = new Set<Share>()
  #pulling: Promise<void> | undefined
  #ended = false
  #failure: { readonly error: unknown } | undefined

  constructor(body: HttpBody, limit: number) {
    this.#body = body
    this.#limit = limit
    this.#chunks = body[Symbol.asyncIterator]()
  }

  reader(from?: Share): BodyReader {
    const share: Share = { queue: new ByteQueue(), isWaiting: false, isLate: from?.isLate ?? false }
    if (from !== undefined) share.queue.push(from.queue.peek(from.queue.length))
    if (!share.isLate) this.#shares.add(share)
    return {
      next: () => this.#next(share),
      cancel: () => this.#leave(share),
      fork: () => this.reader(share),
    }
  }

  async #next(share: Share): Promise<Uint8Array | undefined> {
    const { queue } = share
    share.isWaiting = true
    try {
      for (;;) {
        if (queue.length > 0) return queue.next()
        if (share.isLate) throw this.#tooLate()
        if (this.#failure !== undefined) throw this.#failure.error
        if (this.#ended) return undefined
        await (this.#pulling ??= this.#pull())
      }
    } finally {
      share.isWaiting = false
    }
  }

  async #pull(): Promise<void> {
    try {
      const next = await this.#chunks.next()
      if (next.done === true) this.#ended = true
      else for (const share of this.#shares) this.#give(share, next.value)
    } catch (error) {
      this.#failure = { error }
    } finally {
      this.#pulling = undefined
    }
  }

  #give(share: Share, chunk: Uint8Array): void {
    const { queue, isWaiting } = share
    queue.push(chunk)
    if (isWaiting || queue.length <= this.#limit) return
    share.isLate = true
    this.#shares.delete(share)
    queue.clear()
  }

  #leave(share: Share): void {
    if (this.#shares.delete(share) && this.#shares.size === 0) this.#body.cancel()
  }

  #tooLate(): Error {
    const limit = this.#limit
    const message = `a copy of the response was read too late: more than ${limit} bytes of it waited (maxBytes)`
    return netError('NET_PROTO_LIMIT', { message, limit, phase: 'receive' })
  }
}
