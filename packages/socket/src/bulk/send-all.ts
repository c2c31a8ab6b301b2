/*
 * From a source to a transport: a file is read ahead into memory that is used again. A peer that is slower than we are
 * takes pieces of 64 KiB, so that the limits see them leave. It must not know the protocol, nor what the source is.
 */

import { isNetError } from '@net/core'
import {
  addContext,
  Deadline,
  netError,
  PIECE,
  stoppable,
  type OpenSource,
  type Operation,
} from '@net/core/authoring'

import { DONE, handled } from '../handled.ts'
import type { Transport } from '../transport.ts'

/** Runs a read of the source that runs code of the caller's. */
export type CallerTurn = <T>(run: () => Promise<T>) => Promise<T>

/**
 * Sends all bytes of the source, then the end; resolves to how many they were when the kernel has them. `turn` is for
 * sources that run code of the caller's: their chunks must have left before they are asked for the next one. `idle` and
 * `write` run while it is the peer that we wait for.
 */
export async function sendAll(
  op: Operation,
  transport: Transport,
  source: OpenSource,
  turn?: CallerTurn,
): Promise<number> {
  const sending = new Sending(op, transport, source.size)
  try {
    if (source.reader !== undefined) await sending.file(await stoppable(op, source.reader()))
    else await sending.chunks(source.chunks()[Symbol.asyncIterator](), turn)
    return await sending.end()
  } catch (error) {
    throw isNetError(error) ? addContext(error, { phase: 'send' }) : error
  } finally {
    sending.rest()
  }
}

class Sending {
  readonly #op: Operation
  readonly #transport: Transport
  readonly #total: number | undefined
  /** `idle`, and `write` where it could pass before it. */
  readonly #limits: readonly Deadline[]
  #sent = 0
  /** How much is written at once. */
  #step = PIECE

  constructor(op: Operation, transport: Transport, total: number | undefined) {
    this.#op = op
    this.#transport = transport
    this.#total = total
    const { idle, write } = op.limits
    this.#limits =
      write >= idle ? [op.idle] : [op.idle, new Deadline(write, () => op.fail(notTaken(write)))]
  }

  /** One block is read while the one before it is on its way. */
  async file(readInto: (memory: Uint8Array) => Promise<number>): Promise<void> {
    const total = this.#total ?? Infinity
    // One byte more than there should be: where that is read, the file has grown.
    const size = Math.min(total + 1, BLOCK)
    let filling: Buffer = Buffer.allocUnsafe(size)
    let sending: Buffer | undefined
    let reading = handled(readInto(filling))
    for (let all = 0; ;) {
      const read = await stoppable(this.#op, reading)
      if (read === 0) return
      all += read
      if (all === total) return this.#send(filling.subarray(0, read))
      const filled = filling
      filling = sending ?? Buffer.allocUnsafeSlow(size)
      sending = filled
      reading = handled(readInto(filling))
      await this.#send(filled.subarray(0, read))
    }
  }

  async chunks(chunks: AsyncIterator<Uint8Array>, turn?: CallerTurn): Promise<void> {
    const next = (): Promise<IteratorResult<Uint8Array, unknown>> => handled(chunks.next())
    const read = turn === undefined ? next : () => handled(turn(next))
    for (let ahead: ReturnType<typeof next> | undefined; ;) {
      const result = await stoppable(this.#op, ahead ?? read())
      if (result.done === true) return
      // What is the caller's must have left, as the next chunk may be in the same memory.
      ahead = turn === undefined ? read() : undefined
      await this.#send(result.value)
    }
  }

  async end(): Promise<number> {
    await this.#waitFor(this.#transport.end())
    return this.#sent
  }

  /** No limit runs any more. */
  rest(): void {
    for (const limit of this.#limits) limit.stop()
  }

  async #send(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      const size = Math.min(this.#step, chunk.length - at)
      const piece = size === chunk.length ? chunk : chunk.subarray(at, at + size)
      const taken = this.#transport.write([piece])
      // Mostly there is room, and nothing to wait for.
      if (taken === DONE) this.#step = Math.min(this.#step * 2, LARGEST)
      else {
        this.#step = PIECE
        await this.#waitFor(taken)
      }
      for (const limit of this.#limits) limit.moved(size)
      at += size
      this.#sent += size
      this.#op.progress(this.#sent, this.#total)
    }
    // From here on it is the source that we wait for.
    this.rest()
  }

  #waitFor(taken: Promise<void>): Promise<void> {
    for (const limit of this.#limits) limit.start()
    return stoppable(this.#op, taken)
  }
}

function notTaken(limit: number): ReturnType<typeof netError> {
  return netError('NET_TIMEOUT_WRITE', {
    message: `the server accepted no data for ${limit} ms`,
    limit,
    phase: 'send',
  })
}

/** Each block is a trip to the file system. */
const BLOCK = 1_048_576
const LARGEST = 524_288
