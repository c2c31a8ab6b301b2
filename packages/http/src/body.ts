/*
 * The body of a response while it comes in: a queue that the connection fills and one reader empties. Up to 64 KiB
 * are read ahead; beyond that the peer has to wait for the reader. It must not know encodings or engines.
 */

import type { NetError } from '@net/core'
import { ByteQueue, clock, copyOf, netError, type Timer } from '@net/core/authoring'

/** The body of a response, to be read once. Its chunks are the reader's; the ArrayBuffers behind them are not. */
export interface HttpBody extends AsyncIterable<Uint8Array> {
  /** How many bytes were announced; undefined if the peer did not say, or if the body is decoded. */
  readonly size: number | undefined
  /** Settles once the body has been received, discarded or lost, then with its error; never rejects. */
  readonly closed: Promise<NetError | undefined>
  /**
   * Discards the rest of the body; the connection is closed if much of it has not arrived yet. A caller that reads the body
   * meanwhile gets `NET_CLOSED` instead of its rest.
   */
  cancel(): void
}

/** The chunks of a body that is read whole, for which `idle` needs 1 KiB. In a loop of the caller's, every byte restarts `idle`. */
export function inOneGo(body: HttpBody): AsyncIterable<Uint8Array> {
  // A method and no WeakMap: entries that come and go with each call make the collector's work four times as long.
  if ('willBeReadWhole' in body) (body as HearingBody).willBeReadWhole()
  return body
}

/** A body that hears how it will be read. */
export interface HearingBody extends HttpBody {
  /** Called before it is read whole. */
  willBeReadWhole(): void
}

/** What a body does to the connection that fills it. */
export interface BodyFlow {
  /** No more for the moment: the reader is slow, or has not `begun`. */
  pause(begun: boolean): void
  /** There is room again. */
  resume(): void
  /** It is read piece by piece: every byte restarts `idle`. */
  piecewise?(): void
  /** The rest is discarded. */
  abandon(): void
}

/** Takes a body as it comes in. */
export interface BodyTarget {
  /** Returns whether there is room for more. */
  add(chunk: Uint8Array): boolean
  /** Where the next bytes may be read to; undefined for anywhere. */
  memory(): Uint8Array | undefined
}

type Waiting = PromiseWithResolvers<IteratorResult<Uint8Array, undefined>>

/** A body that is being received. */
export class ReceivedBody implements HearingBody {
  readonly size: number | undefined
  /** What came behind it: names and values in turn. */
  trailers: readonly string[] = NO_FIELDS
  readonly #flow: BodyFlow
  readonly #patience: number
  readonly #queue = new ByteQueue()
  #received = 0
  #paused = false
  #taken = false
  #inOneGo = false
  #ended = false
  /** Whether the reader itself wants no more. */
  #left = false
  /** Whether something was discarded that the reader has not got. */
  #isDiscarded = false
  #error: NetError | undefined
  #closed: PromiseWithResolvers<NetError | undefined> | undefined
  /** Reads that wait, in the order in which they came. */
  #waiting: Waiting[] | undefined
  #impatience: Timer | undefined
  /** What takes the chunks in place of a reader. */
  #target: BodyTarget | undefined
  /** What is read next comes here. */
  #block: Buffer | undefined
  /** How much came since memory was asked for. */
  #lately = 0
  #poured: PromiseWithResolvers<void> | undefined

  /** `patience` is how many milliseconds a body may hold its connection before the program begins to read it. */
  constructor(flow: BodyFlow, size: number | undefined, patience: number) {
    this.#flow = flow
    this.size = size
    this.#patience = patience
  }

  /** Made at the first look: few programs ask for it. */
  get closed(): Promise<NetError | undefined> {
    if (this.#closed === undefined) {
      this.#closed = Promise.withResolvers()
      if (this.ended) this.#closed.resolve(this.#error)
    }
    return this.#closed.promise
  }

  /** Bytes that came in, read or not. */
  get received(): number {
    return this.#received
  }

  /** Whether nothing more will come. */
  get ended(): boolean {
    return this.#ended || this.#error !== undefined
  }

  /** Whether it is being read, or was given up. */
  get taken(): boolean {
    return this.#taken
  }

  /** More came in. */
  push(arrived: Uint8Array): void {
    this.#received += arrived.length
    this.#lately += arrived.length
    if (this.ended) return
    const chunk = this.#ownOf(arrived)
    if (this.#target !== undefined) {
      if (!this.#target.add(chunk) && !this.#paused) this.#pause()
      return
    }
    const waiting = this.#waiting?.shift()
    if (waiting !== undefined) {
      waiting.resolve({ done: false, value: chunk })
      return
    }
    this.#queue.push(chunk)
    if (this.#queue.length >= READ_AHEAD && !this.#paused) this.#pause()
  }

  /** All of it came in. */
  end(trailers: readonly string[] = NO_FIELDS): void {
    if (this.ended) return
    this.#ended = true
    this.trailers = trailers
    this.#impatience?.clear()
    for (const waiting of this.#waiting?.splice(0) ?? []) waiting.resolve(END)
    this.#poured?.resolve()
    this.#closed?.resolve(undefined)
  }

  /** The rest will not come. What came in can still be read, and then throws. */
  fail(error: NetError): void {
    if (this.ended) return
    this.#error = error
    this.#impatience?.clear()
    this.#refuse(error)
    this.#closed?.resolve(error)
  }

  cancel(): void {
    this.#taken = true
    // What a reader has got of it must not pass for the whole.
    if (!this.#ended || this.#queue.length > 0) this.#isDiscarded = !this.#left
    this.#queue.clear()
    if (this.ended) return
    this.#flow.abandon()
    if (this.#isDiscarded) this.#refuse(discarded())
    this.end()
  }

  willBeReadWhole(): void {
    this.#inOneGo = true
  }

  /** Takes all bytes of a body that has arrived completely; undefined if more is to come. */
  takeWhole(): Uint8Array | undefined {
    if (!this.#ended) return undefined
    this.#take()
    return this.#queue.take(this.#queue.length)
  }

  /**
   * Gives what came and what comes to the target, in place of a reader; resolves when it has all. Rejects as reading
   * does, also with `NET_BODY_CONSUMED`. Once the target has room again after it had none, it calls `goOn`.
   */
  async pour(target: BodyTarget): Promise<void> {
    this.#take()
    let hasRoom = true
    while (this.#queue.length > 0) hasRoom = target.add(this.#queue.next())
    if (this.#error !== undefined) throw this.#error
    if (this.#ended) return
    this.#target = target
    this.#poured = Promise.withResolvers()
    if (hasRoom) this.goOn()
    else if (!this.#paused) this.#pause()
    await this.#poured.promise
  }

  /** The target has room again. */
  goOn(): void {
    this.#resume()
  }

  /** Where the next bytes may be read to; memory of its own while they come in large pieces, and are read as they come. */
  memory(): Uint8Array | undefined {
    if (this.#target !== undefined) return this.#target.memory()
    const isBulk = this.#taken && this.#lately * 2 >= BLOCK
    this.#lately = 0
    const left = (this.size ?? Infinity) - this.#received
    if (!isBulk || left < BLOCK) this.#block = undefined
    else this.#block ??= Buffer.allocUnsafeSlow(BLOCK)
    return this.#block
  }

  /** What fills little of the block is copied out of it, so that no small chunk holds a large block. */
  #ownOf(chunk: Uint8Array): Uint8Array {
    if (this.#block === undefined || chunk.buffer !== this.#block.buffer) return chunk
    if (chunk.length * 2 < BLOCK) return copyOf(chunk)
    this.#block = undefined
    return chunk
  }

  /** The chunks as they come. Throws `NET_BODY_CONSUMED` at the second time. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    this.#take()
    return {
      next: () => this.#next(),
      return: async () => {
        this.#left = true
        this.cancel()
        return { done: true, value: undefined }
      },
    }
  }

  #take(): void {
    if (this.#taken) throw netError('NET_BODY_CONSUMED', { message: 'the body was read already' })
    this.#taken = true
    this.#impatience?.clear()
    if (!this.#inOneGo && !this.ended) this.#flow.piecewise?.()
  }

  #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#queue.length > 0) {
      const chunk = this.#queue.next()
      this.#resume()
      return Promise.resolve({ done: false, value: chunk })
    }
    if (this.#error !== undefined) return Promise.reject(this.#error)
    if (this.#isDiscarded && !this.#left) return Promise.reject(discarded())
    if (this.#ended) return Promise.resolve(END)
    const waiting: Waiting = Promise.withResolvers()
    this.#waiting ??= []
    this.#waiting.push(waiting)
    return waiting.promise
  }

  #refuse(error: NetError): void {
    for (const waiting of this.#waiting?.splice(0) ?? []) waiting.reject(error)
    this.#poured?.reject(error)
  }

  #pause(): void {
    this.#paused = true
    this.#flow.pause(this.#taken)
    if (!this.#taken && this.#patience !== Infinity) {
      this.#impatience = clock().after(this.#patience, () => this.#forgotten())
    }
  }

  #resume(): void {
    if (!this.#paused || this.#queue.length >= READ_AHEAD || this.ended) return
    this.#paused = false
    this.#flow.resume()
  }

  #forgotten(): void {
    this.#flow.abandon()
    this.fail(
      netError('NET_TIMEOUT_IDLE', {
        message: `the program did not read the body within ${this.#patience} ms`,
        phase: 'receive',
        limit: this.#patience,
        received: this.#received,
      }),
    )
  }
}

function discarded(): NetError {
  return netError('NET_CLOSED', {
    message: 'the body was discarded while it was read',
    phase: 'receive',
  })
}

/** A body that is there already. */
export function wholeBody(bytes: Uint8Array): ReceivedBody {
  const body = new ReceivedBody({ pause() {}, resume() {}, abandon() {} }, bytes.length, Infinity)
  if (bytes.length > 0) body.push(bytes)
  body.end()
  return body
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined }
const NO_FIELDS: readonly string[] = []
const READ_AHEAD = 65_536
const BLOCK = 65_536
