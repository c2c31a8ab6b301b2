/*
 * Reads a stream of the caller's: checks what comes out of it, and lets go of it at once when it has to stop,
 * even while the stream is in the middle of a read that may never end.
 */

import { isUint8Array } from 'node:util/types'

import { callerFault } from '../callbacks/caller-fault.ts'
import { netError } from '../errors/net-error.ts'
import { lettingGo } from './let-go.ts'
import { isPlainReadable, ReadableChunks } from './readable-chunks.ts'

/** The chunks of one stream, once. What the stream throws passes as it is, marked as the caller's. */
export class StreamReader implements AsyncIterableIterator<Uint8Array> {
  readonly #open: () => AsyncIterable<unknown>
  #stream: AsyncIterable<unknown> | undefined
  #iterator: AsyncIterator<unknown> | undefined
  #settle: ((done: IteratorReturnResult<undefined>) => void) | undefined
  #stopped = false

  /** `open` is called at the first read. */
  constructor(open: () => AsyncIterable<unknown>) {
    this.#open = open
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** One promise besides the stream's own: a function that waits would cost several for each chunk. */
  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#stopped) return Promise.resolve(DONE)
    const value = this.ready()
    if (value !== undefined) return Promise.resolve({ done: false, value })
    return new Promise((resolve, reject) => {
      this.#settle = resolve
      const failed = (error: unknown): void => {
        this.#settle = undefined
        this.#stopped = true
        reject(error)
      }
      try {
        this.#nextOfStream().then(
          (result) => {
            try {
              resolve(this.#checked(result))
            } catch (error) {
              failed(error)
            }
          },
          (error: unknown) => failed(callerFault(error)),
        )
      } catch (error) {
        failed(error)
      }
    })
  }

  /** The next chunk, if it is there already; undefined if only `next` can tell. */
  ready(): Uint8Array | undefined {
    const iterator = this.#iterator
    return this.#stopped || !(iterator instanceof ReadableChunks) ? undefined : iterator.ready()
  }

  /**
   * Stops: a Node stream is destroyed, a web stream cancelled, any other one told to return. Nothing is read afterwards.
   * Never rejects, and waits 2 s at most.
   */
  async return(): Promise<IteratorReturnResult<undefined>> {
    if (this.#stopped) return DONE
    this.#stopped = true
    const pending = this.#settle
    pending?.(DONE)
    if (this.#stream !== undefined && isDestroyable(this.#stream)) destroyQuietly(this.#stream)
    const left = this.#leave()
    // A generator in the middle of a read returns only after it, which may be never, and then there is no caller left to tell.
    if (pending === undefined) await lettingGo(left)
    return DONE
  }

  /** What a source says about being given up changes nothing in what was done. */
  async #leave(): Promise<void> {
    try {
      await this.#iterator?.return?.()
    } catch {
      // It is dropped if there is a reason already.
    }
  }

  #nextOfStream(): Promise<unknown> {
    this.#stream ??= this.#open()
    try {
      this.#iterator ??= iteratorOf(this.#stream)
      return Promise.resolve(this.#iterator.next())
    } catch (error) {
      throw callerFault(error)
    }
  }

  /** What the stream has given, or the end if it was given up meanwhile. */
  #checked(
    result: unknown,
  ): IteratorResult<Uint8Array, undefined> | Promise<IteratorResult<Uint8Array, undefined>> {
    this.#settle = undefined
    if (typeof result !== 'object' || result === null) {
      throw netError('NET_BAD_OPTION', { message: 'next() of a source must give { done, value }' })
    }
    const { done, value } = result as IteratorResult<unknown, unknown>
    if (done === true || this.#stopped) {
      this.#stopped = true
      return DONE
    }
    return isUint8Array(value) ? { done: false, value } : this.#refuse(value)
  }

  async #refuse(value: unknown): Promise<never> {
    await this.return()
    throw netError('NET_BAD_OPTION', {
      message: `a source gave a chunk of type ${typeof value}; chunks must be Uint8Array`,
    })
  }
}

interface Destroyable {
  destroy(): unknown
  once(event: 'error', listener: () => void): unknown
}

function isDestroyable(stream: object): stream is Destroyable {
  return 'destroy' in stream && typeof stream.destroy === 'function' && 'once' in stream
}

function destroyQuietly(stream: Destroyable): void {
  // We gave it up; that it complains about it must not end the program.
  stream.once('error', () => {})
  stream.destroy()
}

function iteratorOf(stream: AsyncIterable<unknown>): AsyncIterator<unknown> {
  if (isPlainReadable(stream)) return new ReadableChunks(stream)
  if (!(stream instanceof ReadableStream)) return stream[Symbol.asyncIterator]()
  // The stream's own iterator cannot be cancelled while it reads.
  const reader = stream.getReader()
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    async return() {
      await reader.cancel()
      return DONE
    },
  }
}

const DONE: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined })
