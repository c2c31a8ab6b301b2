/*
 * The reading half of a connection: one waiting read, and the bytes that have arrived and were not taken yet. The
 * transport is read ahead of need, so that a lost road is noticed. It must not know what reads there are.
 */

import { isNetError, type ErrorContext, type NetError } from '@net/core'
import {
  ByteQueue,
  Deadline,
  addContext,
  netError,
  traceToCaller,
  type Limits,
} from '@net/core/authoring'

import type { WaitOptions } from './connection.ts'
import { DONE } from './handled.ts'
import { deliverTo } from './pulled-inflow.ts'
import { isBulk, ReadBlock } from './read-block.ts'
import type { ReadRule } from './reads.ts'
import { cutOff, isCutOff } from './tls/close-notify.ts'
import type { Inflow, ByteReceiver, Transport } from './transport.ts'
import { abortedAlready, callLimits, watchCall } from './wait-limit.ts'

/** What a half of a connection belongs to. */
export interface SideSpec {
  readonly limits: Limits
  /** What its errors say of the connection. */
  readonly context: ErrorContext
  /** Called by that half when the road turns out to be lost, or has to be given up. */
  lost(error: NetError, half: 'read' | 'write'): void
}

/** What was read and not taken when the reading half let go of its transport. */
export interface Leftover {
  readonly bytes: Uint8Array
  readonly ended: boolean
  /** The read that is under way on the transport. */
  readonly pulling: Promise<Uint8Array | null> | undefined
}

/** The reading half. */
export class ReadSide implements ByteReceiver {
  readonly #spec: SideSpec
  /** The limits on silence, one timer each for all waits: 1 KiB ends it, or any byte. Made for the first wait of their kind. */
  #silence: Deadline | undefined
  #beat: Deadline | undefined
  readonly #queue = new ByteQueue()
  /** Made with the first chunk that would fill it. */
  #block: ReadBlock | undefined
  #inflow: Inflow
  /** How many bytes are read ahead. */
  #ahead: number
  /** Whether the transport has stopped because there is enough. */
  #isFull = false
  #ended = false
  #waiting: Waiting<unknown> | undefined
  /** Who gets what arrives, in place of reads. */
  #heir: ByteReceiver | undefined
  /** Why the road gives no more; what has arrived before can still be read. */
  #failure: NetError | undefined
  /** Why no read is allowed any more. */
  #shut: (() => NetError) | undefined

  constructor(transport: Transport, spec: SideSpec) {
    this.#spec = spec
    this.#ahead = aheadOf(transport)
    this.#inflow = deliverTo(transport, this)
  }

  /** Whether a read is waiting, or everything is passed on. */
  get busy(): boolean {
    return this.#waiting !== undefined || this.#heir !== undefined
  }

  /** How many bytes wait to be read. */
  get buffered(): number {
    return this.#queue.length
  }

  /** Reads what the rule says. `anyByte`: a single one begins `idle` anew, as the read is one of a loop. */
  run<T>(
    operation: string,
    rule: ReadRule<T>,
    options: WaitOptions | undefined,
    anyByte = false,
  ): Promise<T> {
    const refusal = this.#refusal(options)
    if (refusal !== undefined) return this.#rejected(refusal, operation)
    try {
      const taken = rule(this.#queue, this.#ended)
      if (taken !== undefined) {
        this.#askAhead()
        return Promise.resolve(taken)
      }
    } catch (error) {
      return this.#rejected(error, operation)
    }
    if (this.#failure !== undefined) return this.#rejected(this.#lossOf(this.#failure), operation)
    return this.#wait({ operation, rule }, options, anyByte)
  }

  /** Passes everything on, what is here and what arrives; there are no reads from then on. */
  passTo(heir: ByteReceiver): void {
    const refusal = this.#refusal(undefined)
    if (refusal !== undefined) {
      heir.lost(this.#told(refusal, 'read'))
      return
    }
    this.#heir = heir
    this.#isFull = true
    this.passOn()
  }

  /** There is room again where everything is passed to. */
  passOn(): void {
    const heir = this.#heir
    if (heir === undefined) return
    while (this.#queue.length > 0) {
      if (!heir.arrived(this.#queue.next())) return
    }
    this.#tellHeir(heir)
    this.#resume()
  }

  /** Puts bytes back in front. */
  unread(bytes: Uint8Array): void {
    if (this.#shut !== undefined) throw this.#shut()
    // The waiting read has looked at what is there already.
    if (this.busy) throw netError('NET_BUSY', { message: 'a read is waiting' })
    // The caller may use its buffer again.
    this.#queue.unshift(new Uint8Array(bytes))
  }

  /** The read that waits, to be ended by `leave`. */
  get waiting(): object | undefined {
    return this.#waiting
  }

  /** Ends a read with `given`, if it still waits. */
  leave(read: object, given: unknown): void {
    const waiting = this.#waiting
    if (waiting === undefined || waiting !== read) return
    this.#settle(waiting)
    waiting.resolve(given)
  }

  /** Ends the waiting read with `reason` and refuses all others with what `later` makes. */
  shut(reason: NetError, later: () => NetError): void {
    this.#shut ??= later
    this.#silence?.stop()
    this.#beat?.stop()
    const heir = this.#heir
    this.#heir = undefined
    heir?.lost(this.#told(reason, 'read'))
    this.#fail(reason)
  }

  /** Lets go of the transport. No read may be waiting. */
  release(): Leftover {
    const pulling = this.#inflow.stop()
    return { bytes: this.#queue.take(this.#queue.length), ended: this.#ended, pulling }
  }

  /** Goes on with another transport. */
  attach(transport: Transport): void {
    this.#ahead = aheadOf(transport)
    this.#isFull = false
    this.#ended = false
    this.#inflow = deliverTo(transport, this)
  }

  memory(): Uint8Array | undefined {
    if (this.#isFull) return undefined
    return this.#heir === undefined ? this.#block?.memory() : this.#heir.memory?.()
  }

  arrived(chunk: Uint8Array): boolean {
    if (this.#heir !== undefined && !this.#isFull) {
      this.#isFull = !this.#heir.arrived(chunk)
      return !this.#isFull
    }
    const own = this.#ownOf(chunk)
    this.#queue.push(own)
    const waiting = this.#waiting
    const isRead = waiting !== undefined && this.#served(waiting, chunk.length)
    // Whatever is read into memory of the caller's leaves ours free.
    const isCopied = waiting?.operation === 'readInto' && this.#queue.length === 0
    if (!isCopied) this.#block?.kept(own)
    // A read that waits for a large part gets it, whatever is read ahead otherwise.
    if (waiting !== undefined && !isRead) return true
    this.#isFull = this.#heir !== undefined || this.#queue.length >= this.#ahead
    return !this.#isFull
  }

  ended(): void {
    this.#ended = true
    if (this.#heir !== undefined) this.#tellHeir(this.#heir)
    if (this.#waiting !== undefined) this.#attempt(this.#waiting)
  }

  lost(error: NetError): void {
    this.#failure = error
    if (this.#heir !== undefined) this.#tellHeir(this.#heir)
    this.#fail(this.#lossOf(error))
    // A failure after our close is not a loss.
    if (this.#shut === undefined) this.#spec.lost(error, 'read')
  }

  #ownOf(chunk: Uint8Array): Uint8Array {
    if (isBulk(chunk)) this.#block ??= new ReadBlock()
    return this.#block === undefined ? chunk : this.#block.arrived(chunk)
  }

  #served(waiting: Waiting<unknown>, size: number): boolean {
    waiting.silence.moved(size)
    return this.#attempt(waiting)
  }

  /** Behind the last byte: that nothing follows. */
  #tellHeir(heir: ByteReceiver): void {
    if (this.#queue.length > 0 || (!this.#ended && this.#failure === undefined)) return
    this.#heir = undefined
    if (this.#failure === undefined) heir.ended()
    else heir.lost(this.#told(this.#failure, 'read'))
  }

  #refusal(options: WaitOptions | undefined): NetError | undefined {
    if (this.#shut !== undefined) return this.#shut()
    if (this.busy) return netError('NET_BUSY', { message: 'another read is waiting' })
    return options === undefined ? undefined : abortedAlready(options)
  }

  #wait<T>(
    { operation, rule }: Pick<Waiting<T>, 'operation' | 'rule'>,
    options: WaitOptions | undefined,
    anyByte: boolean,
  ): Promise<T> {
    return new Promise((resolve) => {
      const waiting: Waiting<T> = {
        operation,
        rule,
        resolve,
        silence: this.#usualLimit(anyByte),
        forget: undefined,
      }
      if (options !== undefined || this.#spec.limits.total !== Infinity)
        this.#limit(waiting, options)
      // Held as a read of anything: it resolves with nothing but what its own rule gives.
      this.#waiting = waiting as Waiting<unknown>
      waiting.silence.start()
      if (this.#isFull) this.#resume()
    })
  }

  #limit<T>(waiting: Waiting<T>, options: WaitOptions | undefined): void {
    const { idle, total } = callLimits(options, this.#spec.limits)
    if (idle !== this.#spec.limits.idle) {
      waiting.silence = this.#newLimit(idle, waiting.silence.anyByteCounts)
    }
    waiting.forget = watchCall(options, total, (error) => this.#fail(error))
  }

  /** Asks the waiting read's rule again; whether that has settled the read. */
  #attempt(waiting: Waiting<unknown>): boolean {
    try {
      const taken = waiting.rule(this.#queue, this.#ended)
      if (taken === undefined) return false
      this.#settle(waiting)
      this.#askAhead()
      waiting.resolve(taken)
    } catch (error) {
      this.#settle(waiting)
      waiting.resolve(failing(this.#told(error, waiting.operation)))
    }
    return true
  }

  #fail(error: NetError): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    this.#settle(waiting)
    waiting.resolve(failing(this.#told(error, waiting.operation)))
  }

  #settle({ silence, forget }: Waiting<unknown>): void {
    this.#waiting = undefined
    if (silence === this.#silence || silence === this.#beat) silence.rest()
    else silence.stop()
    forget?.()
  }

  /** There may be room again. */
  #askAhead(): void {
    if (this.#isFull && this.#queue.length <= this.#ahead / 2) this.#resume()
  }

  #resume(): void {
    this.#isFull = false
    this.#inflow.resume()
  }

  /** The failure; one that makes an early end of it says what there is to read in spite of it. */
  #lossOf(failure: NetError): NetError {
    if (!isCutOff(failure)) return failure
    const { length } = this.#queue
    return cutOff({ received: length, partial: this.#queue.peek(length) })
  }

  #usualLimit(anyByte: boolean): Deadline {
    const { idle } = this.#spec.limits
    if (anyByte) return (this.#beat ??= this.#newLimit(idle, true))
    return (this.#silence ??= this.#newLimit(idle))
  }

  #newLimit(idle: number, anyByte = false): Deadline {
    // One that never passes is the same for all connections; there may be thousands that are idle.
    if (idle === Infinity) return anyByte ? NO_BEAT : NO_SILENCE
    const silent = (): void => this.#silent(idle, anyByte ? 'nothing' : 'less than 1 KiB')
    return new Deadline(idle, silent, anyByte ? 1 : undefined)
  }

  #silent(limit: number, what: string): void {
    const message = `${what} arrived within ${limit} ms (timeout.idle)`
    this.#fail(netError('NET_TIMEOUT_IDLE', { message, limit }))
  }

  #rejected(error: unknown, operation: string): Promise<never> {
    const told = this.#told(error, operation)
    if (isNetError(told)) traceToCaller(told)
    return Promise.reject(told)
  }

  #told(error: NetError, operation: string): NetError
  #told(error: unknown, operation: string): unknown
  #told(error: unknown, operation: string): unknown {
    if (!isNetError(error)) return error
    return addContext(error, { ...this.#spec.context, operation, phase: 'receive' })
  }
}

interface Waiting<T> {
  readonly operation: string
  readonly rule: ReadRule<T>
  readonly resolve: (taken: T | Promise<never>) => void
  silence: Deadline
  forget: (() => void) | undefined
}

/**
 * Rejects, for a promise that is resolved with this one: through it V8 finds what awaits that promise, and so the
 * caller's line. A read that succeeds needs no function that waits.
 */
async function failing(error: unknown): Promise<never> {
  // In the first turn the other promise begins to follow this one.
  await DONE
  await DONE
  if (isNetError(error)) traceToCaller(error)
  throw error
}

/** One that is read by hand gives a promise for each chunk, so that a single chunk has to do. */
function aheadOf(transport: Transport): number {
  return transport.deliver === undefined ? 1 : READ_AHEAD
}

const READ_AHEAD = 256 * 1024
const NO_SILENCE = new Deadline(Infinity, () => {})
const NO_BEAT = new Deadline(Infinity, () => {}, 1)
