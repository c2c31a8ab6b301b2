/* What happens to a queue, as an iteration: a reader that falls behind misses events and is told so, and holds nobody up. */

import { abortError, clock, onSignalAbort } from '@net/core/authoring'

import type { QueueEvent } from './queue-event.ts'

/** The events of a queue from one moment on. */
export class EventFeed implements AsyncGenerator<QueueEvent, undefined, undefined> {
  readonly #buffer: QueueEvent[] = []
  readonly #waiting: PromiseWithResolvers<IteratorResult<QueueEvent, undefined>>[] = []
  readonly #stop: Promise<() => void>
  readonly #ended: (feed: EventFeed) => void
  #over = false
  #error: unknown
  #unlink: (() => void) | undefined

  /** `listen` begins to listen and resolves to how to stop; `ended` is called when it is over. */
  constructor(
    listen: (listener: (event: QueueEvent) => void) => Promise<() => void>,
    signal?: AbortSignal,
    ended: (feed: EventFeed) => void = () => {},
  ) {
    this.#ended = ended
    this.#stop = listen((event) => this.#heard(event))
    this.#stop.catch((error: unknown) => this.#end(error))
    if (signal !== undefined) {
      this.#unlink = onSignalAbort(signal, () => this.#end(abortError(signal.reason)))
    }
  }

  /** Resolves once it hears all that happens. */
  async listening(): Promise<void> {
    await this.#stop
  }

  async next(): Promise<IteratorResult<QueueEvent, undefined>> {
    const first = this.#buffer.shift()
    if (first !== undefined) return { done: false, value: first }
    if (this.#over) return this.#last()
    const waiting = Promise.withResolvers<IteratorResult<QueueEvent, undefined>>()
    this.#waiting.push(waiting)
    return waiting.promise
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#buffer.length = 0
    this.#end(undefined)
    return DONE
  }

  async throw(error: unknown): Promise<IteratorReturnResult<undefined>> {
    await this.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #heard(event: QueueEvent): void {
    if (this.#over) return
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) waiting.resolve({ done: false, value: event })
    else if (this.#buffer.length < MOST) this.#buffer.push(event)
    else this.#miss()
  }

  #miss(): void {
    if (this.#buffer.at(-1)?.type === 'missed') return
    this.#buffer[MOST - 1] = { type: 'missed', time: clock().date() }
  }

  #end(error: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#error = error
    this.#unlink?.()
    this.#ended(this)
    void this.#stop.then((stop) => stop()).catch(() => {})
    for (const waiting of this.#waiting.splice(0))
      this.#last().then(waiting.resolve, waiting.reject)
  }

  /** The end, once with the error that ended it. */
  async #last(): Promise<IteratorReturnResult<undefined>> {
    const error = this.#error
    this.#error = undefined
    if (error !== undefined) throw error as Error
    return DONE
  }
}

const MOST = 1000
const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined }
