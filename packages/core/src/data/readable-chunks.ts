/*
 * The chunks of one of Node's streams, each as it was given to the stream. The stream's own iterator reads all that is
 * buffered as one, which copies every byte.
 */

import { Readable } from 'node:stream'

/** Whether the stream is read by `ReadableChunks`: one of Node's that iterates as Node made it, and that can flow. */
export function isPlainReadable(stream: object): stream is Readable {
  return (
    stream instanceof Readable &&
    // With such a listener a stream never flows.
    stream.listenerCount('readable') === 0 &&
    stream[Symbol.asyncIterator] === Readable.prototype[Symbol.asyncIterator]
  )
}

/** Gives one chunk after the other; the stream flows only while one is asked for. */
export class ReadableChunks implements AsyncIterator<unknown, undefined> {
  readonly #stream: Readable
  #waiting: PromiseWithResolvers<IteratorResult<unknown, undefined>> | undefined
  /** What came before it was asked for. */
  readonly #early: unknown[] = []
  #failure: { readonly error: unknown } | undefined

  constructor(stream: Readable) {
    this.#stream = stream
    stream.on('data', this.#onData)
    stream.on('end', this.#onEnd)
    stream.on('error', this.#onError)
    stream.on('close', this.#onClose)
    stream.pause()
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#early.length > 0) return Promise.resolve({ done: false, value: this.#early.shift() })
    if (this.#stream.readableEnded) return Promise.resolve(DONE)
    this.#failure ??= failureOf(this.#stream)
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error)
    this.#waiting = Promise.withResolvers()
    this.#stream.resume()
    return this.#waiting.promise
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#forget()
    return Promise.resolve(DONE)
  }

  readonly #onData = (chunk: unknown): void => {
    this.#stream.pause()
    if (this.#waiting === undefined) this.#early.push(chunk)
    else this.#settle({ done: false, value: chunk })
  }

  readonly #onEnd = (): void => {
    this.#settle(DONE)
  }

  readonly #onError = (error: unknown): void => {
    this.#fail(error)
  }

  readonly #onClose = (): void => {
    if (!this.#stream.readableEnded) this.#fail(failureOf(this.#stream)?.error)
    this.#forget()
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }

  #settle(result: IteratorResult<unknown, undefined>): void {
    this.#waiting?.resolve(result)
    this.#waiting = undefined
  }

  #forget(): void {
    this.#stream.off('data', this.#onData)
    this.#stream.off('end', this.#onEnd)
    this.#stream.off('error', this.#onError)
    this.#stream.off('close', this.#onClose)
  }
}

/** Why nothing will come from the stream any more; undefined while something may. */
function failureOf(stream: Readable): { readonly error: unknown } | undefined {
  if (stream.errored !== null) return { error: stream.errored }
  return stream.destroyed ? { error: closedEarly() } : undefined
}

/** As Node's own iterator says it. */
function closedEarly(): Error {
  return Object.assign(new Error('Premature close'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
}

const DONE: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined })
