/*
 * The chunks of one of Node's streams, each as it was given to the stream. The stream's own iterator reads all that is
 * buffered as one, which copies every byte.
 */

import { Readable } from 'node:stream'
import { isUint8Array } from 'node:util/types'

/** Whether the stream is read by `ReadableChunks`: one of Node's that iterates as Node made it, and that can flow. */
export function isPlainReadable(stream: object): stream is Readable {
  return (
    stream instanceof Readable &&
    // With such a listener a stream never flows.
    stream.listenerCount('readable') === 0 &&
    stream[Symbol.asyncIterator] === Readable.prototype[Symbol.asyncIterator]
  )
}

/**
 * Gives one chunk after the other. The stream flows once one is asked for, and until enough is kept for the next ones: of a
 * stream that has much at hand many chunks cost one promise.
 */
export class ReadableChunks implements AsyncIterator<unknown, undefined> {
  readonly #stream: Readable
  /** How many bytes are kept; a stream of objects may use again what it gave, and of that nothing is kept. */
  readonly #most: number
  #kept = 0
  #waiting: PromiseWithResolvers<IteratorResult<unknown, undefined>> | undefined
  /** What came before it was asked for. */
  readonly #early: unknown[] = []
  #failure: { readonly error: unknown } | undefined

  constructor(stream: Readable) {
    this.#stream = stream
    this.#most = stream.readableObjectMode ? 0 : MOST
    stream.on('data', this.#onData)
    stream.on('end', this.#onEnd)
    stream.on('error', this.#onError)
    stream.on('close', this.#onClose)
    stream.pause()
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#early.length > 0) return Promise.resolve({ done: false, value: this.#shift() })
    if (this.#stream.readableEnded) return Promise.resolve(DONE)
    this.#failure ??= failureOf(this.#stream)
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error)
    this.#waiting = Promise.withResolvers()
    this.#stream.resume()
    return this.#waiting.promise
  }

  /** The next chunk, if it has come already and is bytes; else only `next` can tell. */
  ready(): Uint8Array | undefined {
    const [first] = this.#early
    if (!isUint8Array(first)) return undefined
    this.#shift()
    return first
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#forget()
    return Promise.resolve(DONE)
  }

  readonly #onData = (chunk: unknown): void => {
    if (this.#waiting === undefined) this.#keep(chunk)
    else this.#settle({ done: false, value: chunk })
    if (this.#kept >= this.#most) this.#stream.pause()
  }

  #keep(chunk: unknown): void {
    this.#early.push(chunk)
    this.#kept += costOf(chunk)
  }

  #shift(): unknown {
    const chunk = this.#early.shift()
    this.#kept -= costOf(chunk)
    return chunk
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

/** A small chunk takes room as well. */
function costOf(chunk: unknown): number {
  return isUint8Array(chunk) ? Math.max(chunk.length, LEAST) : MOST
}

const LEAST = 4096
/** With the chunk that was asked for, four of the size that is usual. */
const MOST = 196_608
const DONE: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined })
