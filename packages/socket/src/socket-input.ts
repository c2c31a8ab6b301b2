/*
 * The reading half of a SocketTransport: what arrives goes to a receiver, or waits, up to a limit, until it is read. It
 * must not know how the stream ends.
 */

import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { NetError } from '@net/core'
import { ByteQueue, netError } from '@net/core/authoring'

import { copyFrom, directReads, type DirectReader, type DirectReads } from './direct-reads.ts'
import { rejected } from './handled.ts'
import { PushedReads } from './pushed-reads.ts'
import { isTlsSocket } from './tls/node-tls.ts'
import type { ByteReceiver, Inflow } from './transport.ts'

/** Reads a stream. */
export class SocketInput implements DirectReader, Inflow {
  /** How many bytes have arrived. */
  received = 0
  ended = false
  readonly #duplex: Duplex
  readonly #isPlain: boolean
  readonly #lost: () => NetError
  /** One of these is set while the socket is read past its own buffer. */
  #direct: DirectReads | undefined
  #pushed: PushedReads | undefined
  #reading = false
  #paused = false
  #gone = false
  #discarding = false
  /** What was read and not taken. */
  readonly #queue = new ByteQueue()
  #waiting: Reading | undefined
  #receiver: ByteReceiver | undefined
  /** Whether the receiver knows that nothing more will come. */
  #told = false
  /** Whose memory the socket reads into. */
  #lender: ByteReceiver | undefined

  /** `isPlain`: it is a socket of the system. `lost` makes the error of a read that cannot be served. */
  constructor(duplex: Duplex, isPlain: boolean, lost: () => NetError) {
    this.#duplex = duplex
    this.#isPlain = isPlain
    this.#lost = lost
  }

  /** How many bytes were read and not taken yet. */
  get buffered(): number {
    return this.#queue.length + this.#duplex.readableLength
  }

  read(): Promise<Uint8Array | null> {
    if (this.#waiting !== undefined || this.#receiver !== undefined) {
      return rejected(netError('NET_BUSY', { message: 'another read is waiting' }))
    }
    if (this.#queue.length > 0) {
      const chunk = this.#queue.next()
      if (this.#queue.length <= READ_AHEAD / 2) this.#goOn()
      return Promise.resolve(chunk)
    }
    if (this.ended) return Promise.resolve(null)
    if (this.#gone) return rejected(this.#lost())
    this.start()
    if (this.#queue.length > 0) return Promise.resolve(this.#queue.next())
    if (this.ended) return Promise.resolve(null)
    this.#goOn()
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  deliver(receiver: ByteReceiver): Inflow {
    if (this.#waiting !== undefined || this.#receiver !== undefined) {
      throw netError('NET_BUSY', { message: 'another read is waiting' })
    }
    if (!this.ended && !this.#gone) this.start()
    this.#receiver = receiver
    this.#told = false
    if (this.#feed(receiver)) this.#goOn()
    else this.#pause()
    return this
  }

  resume(): void {
    if (this.#receiver === undefined || this.#feed(this.#receiver)) this.#goOn()
  }

  stop(): undefined {
    this.#receiver = undefined
  }

  /** Begins to read. */
  start(): void {
    if (this.#reading) return
    this.#reading = true
    const duplex = this.#duplex
    duplex.on('end', this.#onEnd)
    this.#direct = directReads(duplex)
    if (this.#direct !== undefined) this.#direct.reader = this
    else if (isTlsSocket(duplex) || (this.#isPlain && duplex instanceof Socket)) {
      this.#pushed = new PushedReads(duplex, (chunk) => this.#taken(chunk))
    }
    if (this.#passesBuffer) this.#takeBuffered()
    else {
      duplex.on('data', this.#onData)
      // A listener alone does not make a stream flow that its owner had paused.
      if (duplex.readableFlowing === false) duplex.resume()
    }
    // The end of a socket that never had a byte is emitted without a read.
    if (duplex.readableEnded && !duplex.destroyed) this.#onEnd()
  }

  /** Drops what comes, until the end. */
  discard(): void {
    this.#discarding = true
    this.#receiver = undefined
    this.#queue.clear()
    this.start()
    this.#paused = true
    this.#goOn()
  }

  /** Whether there is anything that would be lost by closing the socket now. */
  get peerIsSending(): boolean {
    return this.buffered > 0 || this.#paused
  }

  /** The stream is gone: what has arrived can still be read. */
  leave(): void {
    this.#gone = true
    this.#waiting?.reject(this.#lost())
    this.#waiting = undefined
    this.#tell()
  }

  /** Lets go of the socket, with what was read ahead put back. */
  release(): void {
    const duplex = this.#duplex
    duplex.off('end', this.#onEnd)
    duplex.off('data', this.#onData)
    this.#receiver = undefined
    if (this.#reading) {
      if (this.#direct !== undefined) this.#direct.reader = undefined
      else duplex.pause()
      this.#pushed?.leave(this.#paused)
      if (this.#queue.length > 0) duplex.unshift(this.#queue.take(this.#queue.length))
      // As with a socket that was never read: the next 'data' listener starts the flow.
      Reflect.set(duplex, 'readableFlowing', null)
    }
    this.#queue.clear()
  }

  memory(): Uint8Array | undefined {
    this.#lender = this.#paused ? undefined : this.#receiver
    return this.#lender?.memory?.()
  }

  filled(memory: Uint8Array, size: number, shared: boolean): boolean {
    if (this.#discarding || this.#gone) return true
    const isTaken = this.#takes && this.#lender === this.#receiver && !shared
    return this.#arrived(isTaken ? memory.subarray(0, size) : copyFrom(memory, size))
  }

  get #takes(): boolean {
    return this.#receiver !== undefined && !this.#paused && this.#queue.length === 0
  }

  /** Whether the socket's own buffer stays empty. */
  get #passesBuffer(): boolean {
    return this.#direct !== undefined || this.#pushed !== undefined
  }

  readonly #onData = (chunk: Uint8Array): void => {
    if (!this.#taken(chunk)) this.#duplex.pause()
  }

  /** Takes what came before: since Node 26 one piece with each `read`. */
  #takeBuffered(): void {
    for (;;) {
      const before: unknown = this.#duplex.read()
      if (!(before instanceof Uint8Array)) return
      this.#taken(before)
    }
  }

  /** Returns whether there is room for more. */
  #taken(chunk: Uint8Array): boolean {
    return this.#gone || this.#discarding || this.#arrived(chunk)
  }

  /** Returns whether there is room for more. */
  #arrived(chunk: Uint8Array): boolean {
    this.received += chunk.length
    const receiver = this.#receiver
    if (receiver !== undefined && this.#takes) {
      this.#paused = !receiver.arrived(chunk)
      return !this.#paused
    }
    const waiting = this.#waiting
    if (waiting !== undefined) {
      this.#waiting = undefined
      waiting.resolve(chunk)
      return true
    }
    this.#queue.push(chunk)
    // TLS may have more for one that has no room.
    this.#paused ||= this.#queue.length >= READ_AHEAD
    return !this.#paused
  }

  /** Hands over what has waited; returns whether there is room for more. */
  #feed(receiver: ByteReceiver): boolean {
    while (this.#queue.length > 0) {
      if (!receiver.arrived(this.#queue.next())) return false
    }
    this.#tell()
    return true
  }

  #tell(): void {
    const receiver = this.#receiver
    if (receiver === undefined || this.#told || this.#queue.length > 0) return
    if (!this.ended && !this.#gone) return
    this.#told = true
    if (this.ended) receiver.ended()
    else receiver.lost(this.#lost())
  }

  #goOn(): void {
    if (!this.#paused || this.#gone) return
    this.#paused = false
    if (this.#pushed !== undefined) this.#pushed.resume()
    // `resume` would make the socket drop what is in its own buffer.
    else if (this.#direct !== undefined) this.#duplex.read(0)
    else this.#duplex.resume()
  }

  #pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#duplex.pause()
  }

  readonly #onEnd = (): void => {
    this.ended = true
    this.#waiting?.resolve(null)
    this.#waiting = undefined
    this.#tell()
    if (this.#discarding) this.#duplex.destroy()
  }
}

interface Reading {
  readonly resolve: (chunk: Uint8Array | null) => void
  readonly reject: (error: NetError) => void
}

const READ_AHEAD = 256 * 1024
