/*
 * The writing half of a SocketTransport: a write that answers the peer leaves at once, those behind it as one when the
 * tick ends. It must not know how the stream ends.
 */

import type { Duplex } from 'node:stream'

import type { NetError } from '@net/core'
import { copyOf, sizeOf, SMALL_CHUNK } from '@net/core/authoring'

import { DONE, handled, rejected } from './handled.ts'

let endTick: (output: SocketOutput) => void

/** Writes to a stream. */
export class SocketOutput {
  readonly #duplex: Duplex
  /** Whether a write hands the bytes to the kernel in the call, as far as it has room. */
  readonly #isKernel: boolean
  readonly #lost: (half: 'write', error?: Error) => NetError
  readonly #input: { readonly received: number }
  /** Of the batch that is gathered. */
  #room: PromiseWithResolvers<void> | undefined
  /** Of the batches that the kernel has not taken yet; most connections never have one. */
  #rooms: Set<PromiseWithResolvers<void>> | undefined
  #batch: Uint8Array[] | undefined
  #batched = 0
  /** Whether the batch leaves at the end of this tick. */
  #isTicking = false
  /** How much had arrived when something was written last; undefined if a tick has ended since. */
  #answered: number | undefined
  #ending: Promise<void> | undefined
  #gone = false

  static {
    endTick = (output) => {
      output.#isTicking = false
      output.#answered = undefined
      output.#send()
    }
  }

  /** `lost` makes the error of a write that cannot be done; `input` says how many bytes have arrived. */
  constructor(
    duplex: Duplex,
    isKernel: boolean,
    lost: (half: 'write', error?: Error) => NetError,
    input: { readonly received: number },
  ) {
    this.#duplex = duplex
    this.#isKernel = isKernel
    this.#lost = lost
    this.#input = input
  }

  /** Whether our end has been asked for. */
  get isEnding(): boolean {
    return this.#ending !== undefined
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    if (this.#gone || this.#ending !== undefined) return rejected(this.#lost('write'))
    const duplex = this.#duplex
    const size = sizeOf(chunks)
    if (size === 0) return duplex.writableNeedDrain ? this.flush() : DONE
    const { received } = this.#input
    // What has arrived has begun another tick. To be told of the end of each would cost as much as a small write.
    const isFirst = this.#answered !== received
    this.#answered = received
    // What is small waits for company, what is large needs none.
    const mayLeave = this.#batch === undefined && (isFirst || size > SMALL_CHUNK)
    if (mayLeave && this.#isKernel && duplex.writableLength === 0) return this.#now(chunks, size)
    return this.#gather(chunks, size)
  }

  /** As `write`, for text each character of which is a byte; of what is small the kernel takes no copy of ours. */
  writeText(text: string): Promise<void> {
    const duplex = this.#duplex
    const { received } = this.#input
    const isFirst = this.#answered !== received && this.#batch === undefined
    const mayLeave = isFirst && this.#isKernel && duplex.writableLength === 0
    if (!mayLeave || text.length > SMALL_CHUNK || this.#gone || this.#ending !== undefined)
      return this.write([Buffer.from(text, 'latin1')])
    this.#answered = received
    duplex.write(text, 'latin1')
    return this.#afterSmall()
  }

  /** Waits for the end of the tick. */
  #gather(chunks: readonly Uint8Array[], size: number): Promise<void> {
    const duplex = this.#duplex
    if (!this.#isTicking) {
      this.#isTicking = true
      process.nextTick(endTick, this)
    }
    this.#batched += size
    const batch = (this.#batch ??= [])
    const hasRoom = duplex.writableLength + this.#batched < duplex.writableHighWaterMark
    if (hasRoom && size <= SMALL_CHUNK) {
      // The writer may use its bytes again at once.
      for (const chunk of chunks) batch.push(copyOf(chunk))
      return DONE
    }
    for (const chunk of chunks) batch.push(chunk)
    this.#room ??= Promise.withResolvers()
    return handled(this.#room.promise)
  }

  flush(): Promise<void> {
    if (this.#gone) return rejected(this.#lost('write'))
    if (this.#ending !== undefined) return this.#ending
    this.#send()
    const { writableLength, errored } = this.#duplex
    // The next write reports one that has failed, and so does the stream, a tick later.
    if (writableLength === 0 && errored === null) return DONE
    return this.#emptied()
  }

  end(): Promise<void> {
    if (this.#ending !== undefined) return this.#ending
    if (this.#gone) return rejected(this.#lost('write'))
    this.#send()
    this.#ending = this.#called((done) => this.#duplex.end(done))
    return this.#ending
  }

  /** The stream is gone. */
  leave(): void {
    this.#gone = true
    this.#room?.reject(this.#lost('write'))
    for (const room of this.#rooms ?? []) room.reject(this.#lost('write'))
    this.#rooms = undefined
  }

  /** Hands over what was written; no write is allowed any more. */
  release(): void {
    this.#send()
    this.#gone = true
  }

  #now(chunks: readonly Uint8Array[], size: number): Promise<void> {
    if (size > SMALL_CHUNK) return this.#nowLarge(chunks)
    this.#give(chunks)
    return this.#afterSmall()
  }

  #afterSmall(): Promise<void> {
    const duplex = this.#duplex
    // Mostly the kernel has it all by now, and the writer may use its bytes again without a copy.
    if (duplex.writableLength === 0 && duplex.errored === null) return DONE
    const room = Promise.withResolvers<void>()
    duplex.write(NOTHING, this.#taken(room))
    return handled(room.promise)
  }

  /** The kernel may well not have room for all: to be called back costs less than an empty write behind it. */
  #nowLarge(chunks: readonly Uint8Array[]): Promise<void> {
    const duplex = this.#duplex
    // Made only if it has not: mostly it has.
    const wait: { room?: PromiseWithResolvers<void> } = {}
    this.#give(chunks, () => {
      if (wait.room !== undefined) this.#settle(wait.room)
    })
    if (duplex.writableLength === 0 && duplex.errored === null) return DONE
    wait.room = Promise.withResolvers()
    this.#wait(wait.room)
    return handled(wait.room.promise)
  }

  /** Hands over the batch, as one. */
  #send(): void {
    const batch = this.#batch
    if (batch === undefined) return
    const room = this.#room
    this.#batch = undefined
    this.#batched = 0
    this.#room = undefined
    this.#give(batch, room && this.#taken(room))
  }

  #give(chunks: readonly Uint8Array[], done?: () => void): void {
    const duplex = this.#duplex
    const last = chunks.length - 1
    if (last === 0) {
      duplex.write(chunks[0], done)
      return
    }
    duplex.cork()
    for (let at = 0; at < last; at++) duplex.write(chunks[at])
    duplex.write(chunks[last], done)
    duplex.uncork()
  }

  /** What to call once the kernel has the bytes, so that they may be touched again. */
  #taken(room: PromiseWithResolvers<void>): () => void {
    this.#wait(room)
    return () => this.#settle(room)
  }

  #wait(room: PromiseWithResolvers<void>): void {
    this.#rooms ??= new Set()
    this.#rooms.add(room)
  }

  /** A socket that was destroyed calls back as if all had been taken. */
  #settle(room: PromiseWithResolvers<void>): void {
    if (!this.#duplex.destroyed && this.#rooms?.delete(room) === true) room.resolve()
  }

  /** Writes keep their order, so an empty one is called back when all before it are with the kernel. */
  #emptied(): Promise<void> {
    return this.#called((done) => this.#duplex.write(NOTHING, done))
  }

  #called(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    return handled(
      new Promise((resolve, reject) => {
        start((error) => {
          if (error == null) resolve()
          // The stream tells this callback first, and emits the error afterwards.
          else reject(this.#lost('write', error))
        })
      }),
    )
  }
}

const NOTHING: Uint8Array = new Uint8Array(0)
