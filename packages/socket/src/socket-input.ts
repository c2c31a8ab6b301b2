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
import { PushedReads, type PushedReader } from './pushed-reads.ts'
import { memoryReads } from './tls/memory-reads.ts'
import { isTlsSocket } from './tls/node-tls.ts'
import type { ByteReceiver, Inflow } from './transport.ts'

let end: (input: SocketInput) => void

/** Reads a stream. */
export class SocketInput implements DirectReader, Inflow, PushedReader {
  /** How many bytes have arrived. */
  received = 0
  ended = false
  readonly #duplex: OwnedDuplex
  readonly #isPlain: boolean
  readonly #lost: (half: 'read') => NetError
  /** One of these is set while the socket is read past its own buffer. */
  #direct: DirectReads | undefined
  #pushed: PushedReads | undefined
  #reading = false
  #paused = false
  #gone = false
  #discarding = false
  /** What was read and not taken; most connections never have any. */
  #queue: ByteQueue | undefined
  #waiting: Reading | undefined
  #receiver: ByteReceiver | undefined
  /** Whether the receiver knows that nothing more will come. */
  #told = false
  /** Whose memory the socket reads into. */
  #lender: ByteReceiver | undefined

  static {
    end = (input) => input.#end()
  }

  /** `isPlain`: it is a socket of the system. `lost` makes the error of a read that cannot be served. */
  constructor(duplex: Duplex, isPlain: boolean, lost: (half: 'read') => NetError) {
    this.#duplex = duplex
    this.#isPlain = isPlain
    this.#lost = lost
  }

  /** How many bytes were read and not taken yet. */
  get buffered(): number {
    return this.#kept + this.#duplex.readableLength
  }

  get #kept(): number {
    return this.#queue === undefined ? 0 : this.#queue.length
  }

  read(): Promise<Uint8Array | null> {
    if (this.#waiting !== undefined || this.#receiver !== undefined) {
      return rejected(netError('NET_BUSY', { message: 'another read is waiting' }))
    }
    const queue = this.#queue
    if (queue !== undefined && queue.length > 0) {
      const chunk = queue.next()
      if (queue.length <= READ_AHEAD / 2) this.#goOn()
      return Promise.resolve(chunk)
    }
    if (this.ended) return Promise.resolve(null)
    if (this.#gone) return rejected(this.#lost('read'))
    this.start()
    if (this.#kept > 0) return Promise.resolve(this.#next())
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
    if (!this.ended && !this.#gone) this.start(receiver.memory !== undefined)
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

  /** Begins to read. `isLent`: into memory of the receiver's, also where that has to be arranged first. */
  start(isLent = false): void {
    if (this.#reading) return
    this.#reading = true
    const duplex = this.#duplex
    duplex[INPUT] = this
    duplex.on('end', onEnd)
    this.#direct = directReads(duplex) ?? (isLent ? lentReads(duplex) : undefined)
    if (this.#direct !== undefined) this.#direct.reader = this
    else if (isPushing(duplex, this.#isPlain)) this.#pushed = new PushedReads(duplex, this)
    if (this.#passesBuffer) this.#takeBuffered()
    else {
      duplex.on('data', onData)
      // A listener alone does not make a stream flow that its owner had paused.
      if (duplex.readableFlowing === false) duplex.resume()
    }
    // The end of a socket that never had a byte is emitted without a read.
    if (duplex.readableEnded && !duplex.destroyed) this.#end()
  }

  /** Drops what comes, until the end. */
  discard(): void {
    this.#discarding = true
    this.#receiver = undefined
    this.#queue = undefined
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
    this.#waiting?.reject(this.#lost('read'))
    this.#waiting = undefined
    this.#tell()
  }

  /** Lets go of the socket, with what was read ahead put back. */
  release(): void {
    const duplex = this.#duplex
    duplex.off('end', onEnd)
    duplex.off('data', onData)
    Reflect.deleteProperty(duplex, INPUT)
    this.#receiver = undefined
    if (this.#reading) {
      if (this.#direct !== undefined) this.#direct.reader = undefined
      else duplex.pause()
      this.#pushed?.leave(this.#paused)
      if (this.#queue !== undefined && this.#kept > 0) duplex.unshift(this.#queue.take(this.#kept))
      // As with a socket that was never read: the next 'data' listener starts the flow.
      Reflect.set(duplex, 'readableFlowing', null)
    }
    this.#queue = undefined
  }

  memory(): Uint8Array | undefined {
    // A plain socket uses this memory for its first read after the pause; TLS may deliver more during the pause.
    const isLate = this.#paused && !this.#isPlain
    this.#lender = isLate ? undefined : this.#receiver
    return this.#lender?.memory?.()
  }

  filled(memory: Uint8Array, size: number, shared: boolean): boolean {
    if (this.#discarding || this.#gone) return true
    const isTaken = this.#takes && this.#lender === this.#receiver && !shared
    return this.#arrived(isTaken ? memory.subarray(0, size) : copyFrom(memory, size))
  }

  get #takes(): boolean {
    return this.#receiver !== undefined && !this.#paused && this.#kept === 0
  }

  /** Whether the socket's own buffer stays empty. */
  get #passesBuffer(): boolean {
    return this.#direct !== undefined || this.#pushed !== undefined
  }

  /** Takes what came before: since Node 26 one piece with each `read`. */
  #takeBuffered(): void {
    for (;;) {
      const before: unknown = this.#duplex.read()
      if (!(before instanceof Uint8Array)) return
      this.taken(before)
    }
  }

  /** Returns whether there is room for more. */
  taken(chunk: Uint8Array): boolean {
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
    this.#queue ??= new ByteQueue()
    this.#queue.push(chunk)
    // TLS may have more for one that has no room.
    this.#paused ||= this.#queue.length >= READ_AHEAD
    return !this.#paused
  }

  /** Hands over what has waited; returns whether there is room for more. */
  #feed(receiver: ByteReceiver): boolean {
    while (this.#kept > 0) {
      if (!receiver.arrived(this.#next())) return false
    }
    this.#tell()
    return true
  }

  #tell(): void {
    const receiver = this.#receiver
    if (receiver === undefined || this.#told || this.#kept > 0) return
    if (!this.ended && !this.#gone) return
    this.#told = true
    if (this.ended) receiver.ended()
    else receiver.lost(this.#lost('read'))
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

  #next(): Uint8Array {
    return this.#queue?.next() ?? NOTHING
  }

  #end(): void {
    this.ended = true
    this.#waiting?.resolve(null)
    this.#waiting = undefined
    this.#tell()
    if (this.#discarding) this.#duplex.destroy()
  }
}

type OwnedDuplex = Duplex & { [INPUT]?: SocketInput }

interface Reading {
  readonly resolve: (chunk: Uint8Array | null) => void
  readonly reject: (error: NetError) => void
}

function lentReads(duplex: Duplex): DirectReads | undefined {
  return isTlsSocket(duplex) ? memoryReads(duplex) : undefined
}

function isPushing(duplex: Duplex, isPlain: boolean): duplex is Socket {
  return isTlsSocket(duplex) || (isPlain && duplex instanceof Socket)
}

// The same functions for all streams: thousands of them may have nothing to say.
function onData(this: OwnedDuplex, chunk: Uint8Array): void {
  if (this[INPUT]?.taken(chunk) === false) this.pause()
}

function onEnd(this: OwnedDuplex): void {
  const input = this[INPUT]
  if (input !== undefined) end(input)
}

const INPUT: unique symbol = Symbol('input')
const NOTHING: Uint8Array = new Uint8Array(0)
const READ_AHEAD = 256 * 1024
