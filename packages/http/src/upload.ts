/*
 * The body of a request on its way out: reads the source as fast as the peer takes the bytes, limits how long the
 * peer may let us wait, and closes the source at once when the exchange ends. It must not know the engine.
 */

import {
  Deadline,
  netError,
  PIECE,
  type OpenSource,
  type Operation,
  type SourceChunks,
} from '@net/core/authoring'

/**
 * A body that is being sent, in pieces of at most 64 KiB, to be read by the engine, which asks for the next one once the
 * kernel has the last one, or it has a copy: the source may use its bytes again then.
 */
export class Upload implements AsyncIterableIterator<Uint8Array> {
  /** Resolves once the engine has taken all; never rejects. */
  readonly sent: Promise<void>
  /** What the source threw. */
  failure: unknown
  readonly #done: () => void
  readonly #open: OpenSource
  readonly #op: Operation
  readonly #begun: () => void
  readonly #writing: Deadline
  #source: SourceChunks | undefined
  #chunks: AsyncIterator<Uint8Array> | undefined
  /** The rest of a large chunk. */
  #rest: Uint8Array | undefined
  #given = 0
  #taken = 0
  #stopped: Promise<void> | undefined

  /** `begun` is called when the engine requests the first byte. */
  constructor(open: OpenSource, op: Operation, begun: () => void) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.sent = promise
    this.#done = resolve
    this.#open = open
    this.#op = op
    this.#begun = begun
    this.#writing = new Deadline(op.limits.write, () => this.#late(), 1)
  }

  /** In bytes; undefined if it is known only after reading. */
  get size(): number | undefined {
    return this.#open.size
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    this.#accepted()
    if (this.#stopped !== undefined) return Promise.reject(ended())
    if (this.#rest !== undefined) return Promise.resolve(this.#result(this.#rest))
    try {
      this.#begun()
      this.#source ??= this.#open.chunks()
      this.#chunks ??= this.#source[Symbol.asyncIterator]()
      // A function that waits would cost more promises for each chunk.
      return this.#chunks.next().then(this.#read, this.#failed)
    } catch (error) {
      return this.#failed(error)
    }
  }

  /** The next piece, if it is there already: it may leave together with the one before. */
  ready(): Uint8Array | undefined {
    if (this.#stopped !== undefined) return undefined
    const chunk = this.#rest ?? this.#source?.ready?.()
    return chunk === undefined ? undefined : this.#pieceOf(chunk)
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.stop()
    return { done: true, value: undefined }
  }

  /** Nothing more is read or sent; resolves once the source has been let go, never rejects. */
  stop(): Promise<void> {
    this.#writing.stop()
    // An error of the source at its close does not change what was sent.
    this.#stopped ??= this.#open.close().catch(() => {})
    return this.#stopped
  }

  readonly #read = (
    result: IteratorResult<Uint8Array, unknown>,
  ): IteratorResult<Uint8Array> | Promise<IteratorResult<Uint8Array>> => {
    // An end here would make the sent part look complete.
    if (this.#stopped !== undefined) throw ended()
    return result.done === true ? this.#end() : this.#result(result.value)
  }

  readonly #failed = (error: unknown): Promise<never> => {
    this.failure = error
    return Promise.reject(error)
  }

  async #end(): Promise<IteratorResult<Uint8Array>> {
    await this.stop()
    this.#done()
    return { done: true, value: undefined }
  }

  #result(chunk: Uint8Array): IteratorResult<Uint8Array> {
    return { done: false, value: this.#pieceOf(chunk) }
  }

  #pieceOf(chunk: Uint8Array): Uint8Array {
    // A large chunk as one would show no progress, and a slow peer would look like a dead one.
    this.#rest = chunk.length > PIECE ? chunk.subarray(PIECE) : undefined
    const piece = chunk.length > PIECE ? chunk.subarray(0, PIECE) : chunk
    this.#given += piece.length
    this.#writing.start()
    return piece
  }

  /** The engine requests the next chunk when there was room for the last one. */
  #accepted(): void {
    this.#writing.rest()
    if (this.#given === 0) return
    this.#taken += this.#given
    this.#given = 0
    this.#op.progress(this.#taken, this.#open.size)
  }

  #late(): void {
    const limit = this.#op.limits.write
    const message = `the server accepted no bytes from us within ${limit} ms`
    this.#op.fail(netError('NET_TIMEOUT_WRITE', { message, phase: 'send', limit }))
  }
}

function ended(): Error {
  return netError('NET_CLOSED', { message: 'the request has ended' })
}
