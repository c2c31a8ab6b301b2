/*
 * A Transport over a real net.Socket, TLS socket or any other Duplex. It reads ahead a little, sends what was
 * written in one tick as one, and never leaves an 'error' of the stream unheard.
 */

import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import { formatEndpoint, isNetError, type NetError } from '@net/core'
import {
  ByteQueue,
  abortError,
  copyOf,
  netError,
  sizeOf,
  SMALL_CHUNK,
  translate,
} from '@net/core/authoring'

import { isKnown, socketErrors } from './errors.ts'
import { DONE, handled, refused } from './handled.ts'
import { cutOff, isCutOff } from './tls/close-notify.ts'
import type { ConnectionInfo, Transport } from './transport.ts'

/** What a SocketTransport is made of. */
export interface SocketRoad {
  readonly info: ConnectionInfo
  /** What the errors call the road, such as `tcp` or `tls`. */
  readonly protocol: string
  /** Destroys the stream so that the peer sees a reset, within a turn; by default it is just destroyed. */
  readonly reset?: () => void
}

/** A Transport over a stream that is connected already. */
export class SocketTransport implements Transport, AsyncDisposable {
  readonly duplex: Duplex
  readonly info: ConnectionInfo
  readonly closed: Promise<NetError | undefined>
  readonly #road: SocketRoad
  readonly #queue = new ByteQueue()
  readonly #settled: (error: NetError | undefined) => void
  #reading = false
  #paused = false
  #ended = false
  #gone = false
  #discarding = false
  #released = false
  #received = 0
  #failure: Error | undefined
  #waiting: Reading | undefined
  /** Of the batch that is gathered. */
  #room: PromiseWithResolvers<void> | undefined
  /** Of the batches that the kernel has not taken yet. */
  readonly #rooms = new Set<PromiseWithResolvers<void>>()
  #batch: Uint8Array[] = []
  #batched = 0
  #ending: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(duplex: Duplex, road: SocketRoad) {
    this.duplex = duplex
    this.info = road.info
    this.#road = road
    const { promise, resolve } = Promise.withResolvers<NetError | undefined>()
    this.closed = promise
    this.#settled = resolve
    duplex.on('error', this.#onError)
    duplex.on('close', this.#onClose)
    // A stream that was passed after its end does not emit it again.
    if (duplex.destroyed) {
      this.#failure = duplex.errored ?? undefined
      this.#leave()
    }
  }

  read(): Promise<Uint8Array | null> {
    if (this.#waiting !== undefined) {
      return refused(netError('NET_BUSY', { message: 'another read is waiting' }))
    }
    if (this.#queue.length > 0) {
      const chunk = this.#queue.next()
      if (this.#paused && this.#queue.length <= READ_AHEAD / 2) this.#resume()
      return Promise.resolve(chunk)
    }
    if (this.#ended) return Promise.resolve(null)
    if (this.#gone || this.#released) return refused(this.#lost('read'))
    this.#start()
    if (this.#ended) return Promise.resolve(null)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    const { duplex } = this
    if (this.#gone || this.#released || this.#ending !== undefined)
      return refused(this.#lost('write'))
    const size = sizeOf(chunks)
    if (size === 0) return duplex.writableNeedDrain ? this.flush() : DONE
    if (this.#batch.length === 0) process.nextTick(this.#send)
    this.#batched += size
    const hasRoom = duplex.writableLength + this.#batched < duplex.writableHighWaterMark
    if (hasRoom && size <= SMALL_CHUNK) {
      // The writer may use its bytes again at once.
      for (const chunk of chunks) this.#batch.push(copyOf(chunk))
      return DONE
    }
    for (const chunk of chunks) this.#batch.push(chunk)
    this.#room ??= Promise.withResolvers()
    return handled(this.#room.promise)
  }

  flush(): Promise<void> {
    if (this.#gone || this.#released) return refused(this.#lost('write'))
    if (this.#ending !== undefined) return this.#ending
    this.#send()
    if (this.duplex.writableLength === 0) return DONE
    // Writes keep their order, so an empty one is called back when all before it are with the kernel.
    return this.#called((done) => this.duplex.write(NOTHING, done))
  }

  end(): Promise<void> {
    if (this.#ending !== undefined) return this.#ending
    if (this.#gone || this.#released) return refused(this.#lost('write'))
    this.#send()
    this.#ending = this.#called((done) => this.duplex.end(done))
    return this.#ending
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  abort(reason?: unknown): void {
    if (this.#gone || this.#released) return
    this.#failure ??= abortError(reason)
    if (this.#road.reset === undefined) this.duplex.destroy()
    else this.#road.reset()
    this.#leave()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort()
  }

  release(): Socket | undefined {
    const { duplex } = this
    if (!(duplex instanceof Socket) || this.#gone || this.#ended || this.#released) return undefined
    this.#send()
    this.#released = true
    this.#forget()
    if (this.#reading) {
      duplex.pause()
      if (this.#queue.length > 0) duplex.unshift(this.#queue.take(this.#queue.length))
      // As with a socket that was never read: the next 'data' listener starts the flow.
      Reflect.set(duplex, 'readableFlowing', null)
    }
    this.#queue.clear()
    this.#settled(undefined)
    return duplex
  }

  /** How many bytes were read and not taken yet. */
  get buffered(): number {
    return this.#queue.length + this.duplex.readableLength
  }

  async #close(): Promise<void> {
    if (this.#released || this.#gone) return
    await this.end().catch(() => {})
    if (this.#gone) return
    if (this.#ended || !this.#peerIsSending()) {
      this.duplex.destroy()
      await this.closed
      return
    }
    // A socket closed with bytes unread is reset, and the reset can overtake what we sent last.
    this.#discarding = true
    this.#queue.clear()
    this.#start()
    this.#resume()
    await this.closed
  }

  #peerIsSending(): boolean {
    return this.#queue.length > 0 || this.#paused || this.duplex.readableLength > 0
  }

  #start(): void {
    if (this.#reading) return
    this.#reading = true
    this.duplex.on('end', this.#onEnd)
    this.duplex.on('data', this.#onData)
    // The end of a socket that never had a byte is emitted without a read.
    if (this.duplex.readableEnded && !this.duplex.destroyed) this.#onEnd()
  }

  #resume(): void {
    this.#paused = false
    this.duplex.resume()
  }

  /** Hands over what was written in this tick, as one. */
  readonly #send = (): void => {
    const { duplex } = this
    const batch = this.#batch
    if (batch.length === 0) return
    const room = this.#room
    const sent = room === undefined ? undefined : this.#taken(room)
    this.#batch = []
    this.#batched = 0
    this.#room = undefined
    if (batch.length === 1 && batch[0] !== undefined) duplex.write(batch[0], sent)
    else {
      duplex.cork()
      const last = batch.pop()
      for (const chunk of batch) duplex.write(chunk)
      duplex.write(last, sent)
      duplex.uncork()
    }
  }

  /** What to call once the kernel has the batch, so that its bytes may be touched again. */
  #taken(room: PromiseWithResolvers<void>): () => void {
    this.#rooms.add(room)
    return () => {
      // A socket that was destroyed calls back as if all had been taken.
      if (this.duplex.destroyed || !this.#rooms.delete(room)) return
      room.resolve()
    }
  }

  #called(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    return handled(
      new Promise((resolve, reject) => {
        start((error) => {
          if (error == null) resolve()
          else reject(this.#lost('write'))
        })
      }),
    )
  }

  readonly #onData = (chunk: Uint8Array): void => {
    if (this.#gone) return
    this.#received += chunk.length
    const waiting = this.#waiting
    if (waiting !== undefined) {
      this.#waiting = undefined
      waiting.resolve(chunk)
      return
    }
    if (this.#discarding) return
    this.#queue.push(chunk)
    if (this.#queue.length >= READ_AHEAD && !this.#paused) {
      this.#paused = true
      this.duplex.pause()
    }
  }

  readonly #onEnd = (): void => {
    this.#ended = true
    this.#waiting?.resolve(null)
    this.#waiting = undefined
    if (this.#discarding) this.duplex.destroy()
  }

  readonly #onError = (error: Error): void => {
    // After our close it does not matter how the peer ends.
    if (this.#closing === undefined || !isCutOff(error)) this.#failure ??= error
    this.#leave()
    // Node emits an error in the middle of TLS, and leaves the socket open.
    this.duplex.destroy()
  }

  readonly #onClose = (): void => {
    this.#leave()
  }

  #leave(): void {
    if (this.#gone) return
    this.#gone = true
    this.#waiting?.reject(this.#lost('read'))
    this.#waiting = undefined
    this.#room?.reject(this.#lost('write'))
    for (const room of this.#rooms) room.reject(this.#lost('write'))
    this.#rooms.clear()
    this.#settled(this.#failure === undefined ? undefined : this.#lost('read'))
  }

  #forget(): void {
    const { duplex } = this
    duplex.off('error', this.#onError)
    duplex.off('close', this.#onClose)
    duplex.off('end', this.#onEnd)
    duplex.off('data', this.#onData)
  }

  #lost(operation: 'read' | 'write'): NetError {
    const { endpoint } = this.info
    const context = {
      protocol: this.#road.protocol,
      operation,
      target: formatEndpoint(endpoint),
      endpoint: formatEndpoint(endpoint),
      phase: operation === 'read' ? 'receive' : 'send',
      received: this.#received,
    } as const
    if (this.#failure !== undefined) {
      return translate(again(this.#failure), socketErrors, context)
    }
    const ours = this.#closing !== undefined || this.#ending !== undefined || this.#released
    return ours
      ? netError('NET_CLOSED', { ...context, message: 'the connection is closed on our side' })
      : netError('NET_CONN_CLOSED', { ...context, message: 'the connection has ended' })
  }
}

/** Every call has an error of its own: what is added to one must not show in another. */
function again(failure: Error): Error {
  if (!isNetError(failure)) return isKnown(failure) ? failure : unnamed(failure)
  if (isCutOff(failure)) return cutOff()
  const { code, cause } = failure
  return netError(code, { message: 'the connection was aborted', cause })
}

/** What no system says: a stream of the caller's has failed in a way of its own. */
function unnamed(cause: Error): NetError {
  return netError('NET_CONN_CLOSED', { message: `the stream has failed: ${cause.message}`, cause })
}

interface Reading {
  readonly resolve: (chunk: Uint8Array | null) => void
  readonly reject: (error: NetError) => void
}

const READ_AHEAD = 256 * 1024
const NOTHING: Uint8Array = new Uint8Array(0)
