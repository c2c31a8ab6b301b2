/*
 * A Transport over a real net.Socket, TLS socket or any other Duplex: a reading and a writing half, and the life of both.
 * It never leaves an 'error' of the stream unheard.
 */

import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import { formatEndpoint, isNetError, type NetError } from '@net/core'
import { abortError, netError, translate } from '@net/core/authoring'

import { isKnown, socketErrors } from './errors.ts'
import { rejected } from './handled.ts'
import { SocketInput } from './socket-input.ts'
import { SocketOutput } from './socket-output.ts'
import { cutOff, isCutOff } from './tls/close-notify.ts'
import type { ConnectionInfo, Inflow, ByteReceiver, Transport } from './transport.ts'

/** What a SocketTransport is made of. */
export interface SocketRoad {
  readonly info: ConnectionInfo
  /** What the errors call the road, such as `tcp` or `tls`. */
  readonly protocol: string
  /** Destroys the stream so that the peer sees a reset, within a turn; by default it is just destroyed. */
  readonly reset?: ((stream: Duplex) => void) | undefined
  /** Whether it is a socket of the system, with nothing in between. Default false. */
  readonly isPlain?: boolean
}

/** Hears, once, that a transport is gone, with what took it. */
export interface Follower {
  gone(transport: Transport, error: NetError | undefined): void
}

let failed: (transport: SocketTransport, error: Error) => void
let left: (transport: SocketTransport) => void

/** A Transport over a stream that is connected already. */
export class SocketTransport implements Transport, AsyncDisposable {
  readonly duplex: OwnedDuplex
  readonly info: ConnectionInfo
  readonly #protocol: string
  readonly #reset: SocketRoad['reset']
  readonly #input: SocketInput
  readonly #output: SocketOutput
  /** Made for who asks: thousands of idle connections have nobody who does. */
  #closed: PromiseWithResolvers<NetError | undefined> | undefined
  #follower: Follower | undefined
  #gone = false
  #released = false
  #failure: Error | undefined
  #closing: Promise<void> | undefined

  static {
    failed = (transport, error) => transport.#failed(error)
    left = (transport) => transport.#leave()
  }

  /** Whether it is one itself, and not something that stands for one. */
  static is(given: object): boolean {
    return #gone in given
  }

  constructor(duplex: Duplex, road: SocketRoad) {
    this.duplex = duplex
    this.info = road.info
    this.#protocol = road.protocol
    this.#reset = road.reset
    const isPlain = road.isPlain === true
    const lost = (half: 'read' | 'write', error?: Error): NetError => {
      if (isKnown(error)) this.#failure ??= error
      return this.#lost(half)
    }
    this.#input = new SocketInput(duplex, isPlain, lost)
    this.#output = new SocketOutput(duplex, isPlain, lost, this.#input)
    this.duplex[OWNER] = this
    duplex.on('error', onError)
    duplex.on('close', onClose)
    // A stream that was passed after its end does not emit it again.
    if (duplex.destroyed) {
      this.#failure = duplex.errored ?? undefined
      this.#leave()
    }
  }

  get closed(): Promise<NetError | undefined> {
    if (this.#closed === undefined) {
      this.#closed = Promise.withResolvers()
      if (this.#gone || this.#released) this.#closed.resolve(this.#end)
    }
    return this.#closed.promise
  }

  /** What `closed` tells, for a single listener and without a promise. */
  tell(follower: Follower): void {
    this.#follower = follower
    if (this.#gone) follower.gone(this, this.#end)
  }

  read(): Promise<Uint8Array | null> {
    return this.#released ? rejected(this.#lost('read')) : this.#input.read()
  }

  deliver(receiver: ByteReceiver): Inflow {
    if (this.#released) throw this.#lost('read')
    return this.#input.deliver(receiver)
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    return this.#output.write(chunks)
  }

  writeText(text: string): Promise<void> {
    return this.#output.writeText(text)
  }

  flush(): Promise<void> {
    return this.#output.flush()
  }

  end(): Promise<void> {
    return this.#output.end()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  abort(reason?: unknown): void {
    if (this.#gone || this.#released) return
    this.#failure ??= abortError(reason)
    if (this.#reset === undefined) this.duplex.destroy()
    else this.#reset(this.duplex)
    this.#leave()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort()
  }

  release(): Socket | undefined {
    const { duplex } = this
    if (!(duplex instanceof Socket) || this.#gone || this.#input.ended || this.#released)
      return undefined
    this.#released = true
    this.#output.release()
    duplex.off('error', onError)
    duplex.off('close', onClose)
    Reflect.deleteProperty(duplex, OWNER)
    this.#input.release()
    this.#follower = undefined
    this.#closed?.resolve(undefined)
    return duplex
  }

  /** How many bytes were read and not taken yet. */
  get buffered(): number {
    return this.#input.buffered
  }

  async #close(): Promise<void> {
    if (this.#released || this.#gone) return
    await this.end().catch(() => {})
    if (this.#gone) return
    if (this.#input.ended || !this.#input.peerIsSending) this.duplex.destroy()
    // A socket closed with bytes unread is reset, and the reset can overtake what we sent last.
    else this.#input.discard()
    await this.closed
  }

  /** What took it; nothing if it was let go in order. */
  get #end(): NetError | undefined {
    return this.#failure === undefined || this.#released ? undefined : this.#lost('read')
  }

  #failed(error: Error): void {
    // After our close it does not matter how the peer ends.
    if (this.#closing === undefined || !isCutOff(error)) this.#failure ??= error
    this.#leave()
    // Node emits an error in the middle of TLS, and leaves the socket open.
    this.duplex.destroy()
  }

  #leave(): void {
    if (this.#gone) return
    this.#gone = true
    this.#input.leave()
    this.#output.leave()
    this.#closed?.resolve(this.#end)
    this.#follower?.gone(this, this.#end)
  }

  #lost(operation: 'read' | 'write'): NetError {
    const { endpoint } = this.info
    const context = {
      protocol: this.#protocol,
      operation,
      target: formatEndpoint(endpoint),
      endpoint: formatEndpoint(endpoint),
      phase: operation === 'read' ? 'receive' : 'send',
      received: this.#input.received,
    } as const
    if (this.#failure !== undefined) {
      return translate(again(this.#failure), socketErrors, context)
    }
    const ours = this.#closing !== undefined || this.#output.isEnding || this.#released
    return ours
      ? netError('NET_CLOSED', { ...context, message: 'the connection is closed on our side' })
      : netError('NET_CONN_CLOSED', { ...context, message: 'the connection has ended' })
  }
}

type OwnedDuplex = Duplex & { [OWNER]?: SocketTransport }

// The same functions for all streams, as there may be thousands.
function onError(this: OwnedDuplex, error: Error): void {
  const owner = this[OWNER]
  if (owner !== undefined) failed(owner, error)
}

function onClose(this: OwnedDuplex): void {
  const owner = this[OWNER]
  if (owner !== undefined) left(owner)
}

const OWNER: unique symbol = Symbol('owner')

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
