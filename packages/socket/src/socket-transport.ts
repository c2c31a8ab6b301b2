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
  readonly reset?: () => void
  /** Whether it is a socket of the system, with nothing in between. Default false. */
  readonly isPlain?: boolean
}

/** A Transport over a stream that is connected already. */
export class SocketTransport implements Transport, AsyncDisposable {
  readonly duplex: Duplex
  readonly info: ConnectionInfo
  readonly closed: Promise<NetError | undefined>
  readonly #road: SocketRoad
  readonly #input: SocketInput
  readonly #output: SocketOutput
  readonly #settled: (error: NetError | undefined) => void
  #gone = false
  #released = false
  #failure: Error | undefined
  #closing: Promise<void> | undefined

  constructor(duplex: Duplex, road: SocketRoad) {
    this.duplex = duplex
    this.info = road.info
    this.#road = road
    const { promise, resolve } = Promise.withResolvers<NetError | undefined>()
    this.closed = promise
    this.#settled = resolve
    const isPlain = road.isPlain === true
    this.#input = new SocketInput(duplex, isPlain, () => this.#lost('read'))
    const unwritten = (error?: Error): NetError => {
      if (isKnown(error)) this.#failure ??= error
      return this.#lost('write')
    }
    const received = (): number => this.#input.received
    this.#output = new SocketOutput(duplex, isPlain, unwritten, received)
    duplex.on('error', this.#onError)
    duplex.on('close', this.#onClose)
    // A stream that was passed after its end does not emit it again.
    if (duplex.destroyed) {
      this.#failure = duplex.errored ?? undefined
      this.#leave()
    }
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
    if (this.#road.reset === undefined) this.duplex.destroy()
    else this.#road.reset()
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
    duplex.off('error', this.#onError)
    duplex.off('close', this.#onClose)
    this.#input.release()
    this.#settled(undefined)
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
    this.#input.leave()
    this.#output.leave()
    this.#settled(this.#failure === undefined ? undefined : this.#lost('read'))
  }

  #lost(operation: 'read' | 'write'): NetError {
    const { endpoint } = this.info
    const context = {
      protocol: this.#road.protocol,
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
