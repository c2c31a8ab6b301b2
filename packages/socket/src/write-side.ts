/*
 * The writing half of a connection: hands bytes to the transport in order, large writes piece by piece, so that the
 * limit on writes sees them leave; and ends the whole connection when a write is given up in the middle. It must not
 * know what the bytes are.
 */

import { isNetError, type NetError } from '@net/core'
import {
  addContext,
  Deadline,
  netError,
  PIECE,
  piecesOf,
  sizeOf,
  traceToCaller,
} from '@net/core/authoring'

import type { WaitOptions } from './connection.ts'
import { DONE, handled, rejected } from './handled.ts'
import type { SideSpec } from './read-side.ts'
import type { Transport } from './transport.ts'
import { abortedAlready, callLimits, watchCall } from './wait-limit.ts'

/** The writing half. */
export class WriteSide {
  readonly #spec: SideSpec
  /** Made for the first write that has to wait, as the sets are: most connections never have one. */
  #silence: Deadline | undefined
  #giveUps: Set<(error: NetError) => void> | undefined
  /** Those of calls that have a limit of their own. */
  #ownSilences: Set<Deadline> | undefined
  #transport: Transport
  /** The large write under way and what was called after it; the last of these. */
  #turn: Promise<void> | undefined
  #shut: (() => NetError) | undefined

  constructor(transport: Transport, spec: SideSpec) {
    this.#transport = transport
    this.#spec = spec
  }

  /** What has to settle before all that was written is with the transport, if anything has. */
  get underWay(): Promise<void> | undefined {
    return this.#turn
  }

  /** Sends the chunks; resolves when there is room for more and they may be used again. */
  write(chunks: readonly Uint8Array[], options: WaitOptions | undefined): Promise<void> {
    const refusal = this.#refusal(options)
    if (refusal !== undefined) return rejected(this.#told(refusal, 'write'))
    return this.#watched('write', this.#sent(chunks), options)
  }

  #sent(chunks: readonly Uint8Array[]): Promise<void> {
    if (sizeOf(chunks) > LARGEST) return this.#inTurn(() => this.#inPieces(chunks))
    if (this.#turn === undefined) return this.#transport.write(chunks)
    return this.#inTurn(() => this.#transport.write(chunks))
  }

  /** Sends what `next` gives, in turn, until it gives undefined. */
  pull(
    next: () => Promise<Uint8Array | undefined>,
    options: WaitOptions | undefined,
  ): Promise<void> {
    const refusal = this.#refusal(options)
    if (refusal !== undefined) return rejected(this.#told(refusal, 'sendFile'))
    return this.#watched(
      'sendFile',
      this.#inTurn(() => this.#pulled(next)),
      options,
    )
  }

  /** Resolves when the kernel has all that was written. */
  flush(options: WaitOptions | undefined): Promise<void> {
    const refusal = this.#refusal(options)
    if (refusal !== undefined) return rejected(this.#told(refusal, 'flush'))
    const flush = (): Promise<void> => this.#transport.flush?.() ?? this.#transport.write([])
    return this.#watched('flush', this.#afterLarge(flush), options)
  }

  /** Sends the end. */
  end(options: WaitOptions | undefined): Promise<void> {
    const refusal = this.#refusal(options)
    if (refusal !== undefined) return rejected(this.#told(refusal, 'end'))
    return this.#watched(
      'end',
      this.#afterLarge(() => this.#transport.end()),
      options,
    )
  }

  /** What is written from here on leaves behind this work, over the transport that it attaches. */
  before(work: () => Promise<void>): Promise<void> {
    return this.#inTurn(work)
  }

  /** Refuses all further writes with what `later` makes; those under way go on. */
  shut(later: () => NetError): void {
    this.#shut ??= later
    if (!this.isWaiting) this.#silence?.stop()
  }

  /** Ends the writes under way as well. */
  giveUp(reason: NetError): void {
    this.#silence?.stop()
    for (const giveUp of this.#giveUps ?? []) giveUp(reason)
  }

  /** Whether a call waits for the peer to take what was written. */
  get isWaiting(): boolean {
    return this.#giveUps !== undefined && this.#giveUps.size > 0
  }

  #shared(): Deadline {
    const { write } = this.#spec.limits
    this.#silence ??= this.#newLimit(write)
    return this.#silence
  }

  #newLimit(write: number): Deadline {
    return new Deadline(write, () => this.#stuck(write))
  }

  /** Goes on with another transport. */
  attach(transport: Transport): void {
    this.#transport = transport
  }

  #refusal(options: WaitOptions | undefined): NetError | undefined {
    const refusal = this.#shut === undefined ? options && abortedAlready(options) : this.#shut()
    if (refusal !== undefined) traceToCaller(refusal)
    return refusal
  }

  #afterLarge(call: () => Promise<void>): Promise<void> {
    return this.#turn === undefined ? call() : this.#inTurn(call)
  }

  #inTurn(call: () => Promise<void>): Promise<void> {
    // After one that failed the transport has an error for each call.
    const turn = handled(this.#turn === undefined ? call() : this.#turn.then(call, call))
    this.#turn = turn
    const over = (): void => {
      if (this.#turn === turn) this.#turn = undefined
    }
    turn.then(over, over)
    return turn
  }

  async #pulled(next: () => Promise<Uint8Array | undefined>): Promise<void> {
    let isBegun = false
    try {
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
        isBegun = true
        await this.#inPieces([chunk])
      }
    } catch (error) {
      // The peer would take what follows for the rest.
      if (isBegun && isNetError(error)) this.#spec.lost(error, 'write')
      throw error
    }
  }

  async #inPieces(chunks: readonly Uint8Array[]): Promise<void> {
    for (const piece of piecesOf(chunks)) {
      await this.#transport.write(piece)
      const size = sizeOf(piece)
      this.#silence?.moved(size)
      for (const silence of this.#ownSilences ?? []) silence.moved(size)
    }
  }

  #watched(
    operation: string,
    sent: Promise<void>,
    options: WaitOptions | undefined,
  ): Promise<void> {
    // Most writes find room at once; they cost no timer and no further promise.
    if (sent === DONE) return sent
    return handled(this.#traced(this.#settled(operation, sent, options)))
  }

  /** A function of its own that waits: V8 finds what awaits it, and so the caller's line. */
  async #traced(settled: Promise<void>): Promise<void> {
    try {
      await settled
    } catch (error) {
      if (isNetError(error)) traceToCaller(error)
      throw error
    }
  }

  #settled(
    operation: string,
    sent: Promise<void>,
    options: WaitOptions | undefined,
  ): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const limits = callLimits(options, this.#spec.limits)
      const shared = limits.write === this.#spec.limits.write
      const silence = shared ? this.#shared() : this.#newLimit(limits.write)
      const giveUps = (this.#giveUps ??= new Set())
      if (!shared) (this.#ownSilences ??= new Set()).add(silence)
      const forget = watchCall(options, limits.total, (error) => {
        stop(error)
        this.#spec.lost(error, 'write')
      })
      const settle = (): void => {
        giveUps.delete(stop)
        if (!shared) this.#ownSilences?.delete(silence)
        forget?.()
        if (!shared || (giveUps.size === 0 && this.#shut !== undefined)) silence.stop()
        else if (giveUps.size === 0) silence.rest()
      }
      const stop = (error: NetError): void => {
        settle()
        reject(this.#told(error, operation))
      }
      giveUps.add(stop)
      silence.start()
      sent.then(
        () => {
          settle()
          resolve()
        },
        (error: NetError) => stop(error),
      )
    })
  }

  #stuck(limit: number): void {
    const message = `the peer accepted no bytes from us within ${limit} ms`
    const error = netError('NET_TIMEOUT_WRITE', { message, limit })
    this.giveUp(error)
    this.#spec.lost(error, 'write')
  }

  #told(error: NetError, operation: string): NetError {
    if (!isNetError(error)) return error
    return addContext(error, { ...this.#spec.context, operation, phase: 'send' })
  }
}

/** A piece with the frame that a protocol puts around it is not cut in two. */
const LARGEST = PIECE + 64
