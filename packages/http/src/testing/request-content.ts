/*
 * The body of a request as it arrives, for a route that reads it. What no route reads is dropped, and while a route is slow
 * the client waits.
 */

import type { NetError } from '@net/core'

/** A body of bytes, read once. */
export class RequestContent implements AsyncIterable<Uint8Array> {
  readonly #wanted: () => void
  #queue: Uint8Array[] = []
  #size = 0
  #place: 'open' | 'dropped' | 'ended' = 'open'
  #failure: NetError | undefined
  /** Waits for more. */
  #more: PromiseWithResolvers<void> | undefined
  #room: PromiseWithResolvers<void> | undefined

  /** `wanted` is called when somebody reads it, before all of it is there. */
  constructor(wanted: () => void = () => {}) {
    this.#wanted = wanted
  }

  /** Resolves when more may arrive; undefined if it may at once. */
  get room(): Promise<void> | undefined {
    if (this.#size < MOST_QUEUED) return undefined
    this.#room ??= Promise.withResolvers()
    return this.#room.promise
  }

  push(chunk: Uint8Array): void {
    if (this.#place !== 'open') return
    this.#queue.push(chunk)
    this.#size += chunk.length
    this.#tell()
  }

  end(): void {
    if (this.#place === 'open') this.#place = 'ended'
    this.#tell()
  }

  /** The client has left within it. */
  fail(error: NetError): void {
    if (this.#place !== 'open') return
    this.#failure = error
    this.end()
  }

  /** Nobody reads the rest. */
  drop(): void {
    if (this.#place === 'open') this.#place = 'dropped'
    this.#queue = []
    this.#took(this.#size)
    this.#tell()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.#place === 'open') this.#wanted()
    for (;;) {
      const chunk = this.#queue.shift()
      if (chunk !== undefined) {
        this.#took(chunk.length)
        yield chunk
      } else if (this.#failure !== undefined) throw this.#failure
      else if (this.#place !== 'open') return
      else await this.#next()
    }
  }

  /** All of it, joined. */
  async bytes(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    for await (const chunk of this) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  #next(): Promise<void> {
    this.#more ??= Promise.withResolvers()
    return this.#more.promise
  }

  #tell(): void {
    this.#more?.resolve()
    this.#more = undefined
  }

  #took(size: number): void {
    this.#size -= size
    if (this.#size >= MOST_QUEUED) return
    this.#room?.resolve()
    this.#room = undefined
  }
}

const MOST_QUEUED = 1_048_576
