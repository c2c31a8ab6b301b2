/*
 * A client's connection of HTTP/1.1: drives the codec over a transport. One exchange at a time; between two of them the
 * connection listens, so that a server that closes it, or speaks unasked, is noticed at once. It has no limits: ours hold
 * above it.
 */

import type { Socket } from 'node:net'

import { ConnectionLostError, isNetError, type NetError } from '@net/core'
import { clock, defineErrorTable, translate, type Timer } from '@net/core/authoring'
import type { ByteReceiver, Inflow, Transport } from '@net/socket'
import { deliverTo } from '@net/socket/road'

import type { ConnectionEvents, HttpConnection, WireReceiver, WireRequest } from '../connection.ts'
import { heldFrom, isHeldBy } from '../held.ts'
import { ClientCodec, type ClientEvents, type ResponseHead } from './client-codec.ts'
import { keptFor, type Framing } from './framing.ts'
import { closed, withoutPlace } from './loss.ts'
import { inNextTurn } from './next-turn.ts'
import type { Http1Options } from './options.ts'
import { ProxyLogin } from './proxy-login.ts'
import { RequestHeads } from './request-head.ts'
import { RequestSender } from './request-sender.ts'

/** One connection, to one origin. */
export class Http1Connection implements HttpConnection, ByteReceiver, ClientEvents {
  readonly protocol = 'http/1.1'
  exchanges = 0
  readonly #transport: Transport
  readonly #socket: IdleSocket
  readonly #events: ConnectionEvents
  readonly #sender: RequestSender
  readonly #login: ProxyLogin | undefined
  readonly #codec: ClientCodec
  readonly #inflow: Inflow | undefined
  #receiver: WireReceiver | undefined
  /** Whose head has come with this chunk. */
  #answered: WireReceiver | undefined
  /** Whether an exchange has ended with this chunk. */
  #isComplete = false
  /** Whether the request of that exchange is sent once more, with another login for the proxy. */
  #repeats = false
  #request: WireRequest | undefined
  #isPaused = false
  #heldFrom = 0
  #isOver = false
  #isFresh = true
  /** Whether the process lives as long as the socket. */
  #keepsAlive = true
  #hasBegun = false
  #lastWords: Timer | undefined
  /** Where there is no socket, which has a timer of its own that keeps no process alive. */
  #idle: Timer | undefined
  /** What took the connection. */
  #loss: NetError | undefined
  readonly #longest: number
  #patience: number
  /** The time for which an unused connection is kept has passed within an exchange. */
  #hasPassed = false

  constructor(
    transport: Transport,
    { host, idleTime, forwarding, ...rules }: Http1Options,
    events: ConnectionEvents,
  ) {
    this.#transport = transport
    this.#codec = new ClientCodec(this, rules)
    this.#socket = transport.duplex ?? NO_SOCKET
    this.#events = events
    if (forwarding !== undefined) {
      this.#login = new ProxyLogin(forwarding, (error) => this.#fail(error))
    }
    this.#longest = idleTime ?? LONGEST_KEPT
    this.#patience = idleTime ?? KEPT
    this.#sender = new RequestSender({
      transport,
      codec: this.#codec,
      heads: new RequestHeads(host, forwarding?.fieldsFor.bind(forwarding)),
      unwritten: (error) => this.#unwritten(error),
      gaveUp: (error) => this.#giveUp(error),
    })
    this.#listenForSilence()
    this.#inflow = deliverTo(transport, this)
  }

  get isHeld(): boolean {
    return this.#isPaused && isHeldBy(this.#heldFrom)
  }

  get wantsLogin(): boolean {
    return this.#login?.mayMove === true
  }

  send(request: WireRequest, receiver: WireReceiver): void {
    this.exchanges += 1
    this.#receiver = receiver
    this.#request = request
    this.#hasBegun = false
    if (!this.#keepsAlive) this.#socket.ref?.()
    this.#keepsAlive = true
    this.#idle?.clear()
    if (this.#isOver) void NOW.then(() => this.#fail(this.#loss ?? closed()))
    else if (this.#isFresh) this.#begin()
    // What the server said unasked has arrived by then, and is not taken for the answer. A source is read in the caller's
    // async context.
    else if (isSource(request.body)) setImmediate(this.#begin)
    else inNextTurn(this.#begin)
  }

  pause(begun: boolean): void {
    this.#isPaused = true
    this.#heldFrom = heldFrom(begun)
    if (!begun) this.#events.held?.()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#inflow?.resume()
  }

  destroy(): void {
    const isUnderWay = this.#receiver !== undefined
    this.#receiver = undefined
    this.#leave(isUnderWay)
  }

  arrived(chunk: Uint8Array): boolean {
    if (this.#isOver) return false
    try {
      this.#codec.receive(asBuffer(chunk))
    } catch (error) {
      if (isNetError(error)) this.#loss ??= error
      this.#fail(error)
    }
    this.#afterChunk()
    return !this.#isPaused
  }

  /** All of what arrived together has been read. */
  #afterChunk(): void {
    const answered = this.#answered
    this.#answered = undefined
    answered?.settled()
    if (!this.#isComplete) return
    this.#isComplete = false
    if (this.#repeats) this.#repeat()
    else this.#free()
  }

  ended(): void {
    try {
      this.#codec.finish()
      if (this.#receiver === undefined) this.#leave(false)
      else this.#fail(closed())
    } catch (error) {
      // A write that fails in the same turn knows more of what happened.
      setImmediate(() => this.#fail(this.#loss ?? error))
    }
  }

  lost(error: NetError): void {
    this.#loss = withoutPlace(error)
    this.#fail(this.#loss)
  }

  memory(): Uint8Array | undefined {
    return this.#receiver?.memory?.()
  }

  interim(status: number, fields: readonly string[]): void {
    if (status === 100) this.#sender.answered(true)
    this.#receiver?.interim(status, fields)
  }

  head(head: ResponseHead, framing: Framing): void {
    const { status, reason, fields, notes } = head
    const sent = { request: this.#request, isComplete: this.#codec.hasSent }
    if (this.#login?.takes(head, framing, sent) === true) return
    this.#sender.answered(false)
    const kept = keptFor(notes)
    if (kept !== undefined) this.#keepFor(kept)
    const size = typeof framing === 'number' ? framing : undefined
    this.#answered = this.#receiver
    this.#receiver?.head({ status, reason, fields, size })
  }

  data(chunk: Buffer): void {
    if (this.#login?.refusal === undefined) this.#receiver?.data(chunk)
    else this.#login.drop(chunk.length)
  }

  end(trailers: readonly string[]): void {
    const refusal = this.#login?.refusal
    if (refusal !== undefined) {
      this.#endRefusal(refusal)
      return
    }
    const receiver = this.#receiver
    this.#receiver = undefined
    this.#isPaused = false
    this.#sender.stop()
    receiver?.end(trailers)
    if (this.#codec.mayGoOn) {
      this.#codec.next()
      // Behind the bytes that arrived together with the end: there must be none.
      this.#isComplete = true
    } else this.#leave(false)
  }

  /** The request is sent again behind the bytes that arrived together with the end: there must be none. */
  #endRefusal(refusal: NetError): void {
    if (!this.#codec.mayGoOn) throw refusal
    this.#login?.end()
    this.#sender.stop()
    this.#codec.next()
    this.#isComplete = true
    this.#repeats = true
  }

  #repeat(): void {
    this.#repeats = false
    if (this.#isOver || this.#request === undefined) return
    this.#login?.repeats()
    this.exchanges += 1
    this.#sender.send(this.#request)
  }

  // No request of ours asks for another protocol: see `handshake.ts`.
  switched(): void {}
  rest(): void {}

  readonly #begin = (): void => {
    if (this.#receiver === undefined || this.#request === undefined) return
    this.#hasBegun = true
    this.#receiver.started()
    this.#sender.send(this.#request)
  }

  /** What the server said before may still arrive. */
  #unwritten(error: unknown): void {
    if (isNetError(error)) this.#loss ??= withoutPlace(error)
    if (this.#isOver) return
    this.#lastWords ??= clock().after(LAST_WORDS, () => this.#fail(this.#loss ?? error))
  }

  #free(): void {
    if (this.#isOver) return
    this.#isFresh = false
    this.#request = undefined
    if (this.#hasPassed) this.#listenForSilence()
    this.#events.free(this)
    if (this.#receiver !== undefined) return
    inNextTurn(this.#rest)
    if (this.#socket.setTimeout === undefined)
      this.#idle = clock().after(this.#patience, this.#forgotten)
  }

  /** Mostly the next request is there by then. */
  readonly #rest = (): void => {
    if (this.#receiver !== undefined || !this.#keepsAlive) return
    this.#keepsAlive = false
    this.#socket.unref?.()
  }

  #keepFor(kept: number): void {
    // A request that leaves when the server closes would be lost.
    const patience = Math.max(1, Math.min(kept - MARGIN, this.#longest))
    if (patience === this.#patience) return
    this.#patience = patience
    this.#socket.setTimeout?.(patience)
  }

  /** A socket tells it once, and only of what follows its last byte. */
  #listenForSilence(): void {
    this.#hasPassed = false
    this.#socket.setTimeout?.(this.#patience, this.#forgotten)
  }

  readonly #forgotten = (): void => {
    if (this.#receiver === undefined) this.destroy()
    else this.#hasPassed = true
  }

  /** What was sent of a request that cannot be completed leaves, and then the end, so that the server knows what it has. */
  #giveUp(error: unknown): void {
    const receiver = this.#receiver
    this.#receiver = undefined
    this.#leave(false)
    receiver?.failed(translate(error, NO_ROWS, {}))
  }

  #fail(reason: unknown): void {
    // The server has not heard of a request that the proxy refused.
    const error = this.#login?.refusal ?? reason
    const receiver = this.#receiver
    this.#receiver = undefined
    this.#leave(true)
    // A request that has not left yet is unknown to the server: it may take another connection.
    const told =
      this.#hasBegun || this.#isFresh || error instanceof ConnectionLostError
        ? error
        : closed(error)
    receiver?.failed(translate(told, NO_ROWS, {}))
  }

  /** Lets the transport go; `abruptly` if an exchange under way is given up. */
  #leave(abruptly: boolean): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#lastWords?.clear()
    this.#idle?.clear()
    this.#login?.end()
    this.#sender.stop()
    void this.#inflow?.stop()?.catch(() => {})
    if (abruptly) this.#transport.abort()
    else void this.#close()
    this.#events.gone(this)
  }

  /** A server that neither reads nor ends holds it for a second. */
  async #close(): Promise<void> {
    const late = clock().after(LAST_WORDS, () => this.#transport.abort())
    await this.#transport.close()
    late.clear()
  }
}

/** What of a socket concerns its idle time; absent where there is none. */
type IdleSocket = Partial<Pick<Socket, 'setTimeout' | 'ref' | 'unref'>> & object

function asBuffer(chunk: Uint8Array): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

function isSource(body: WireRequest['body']): boolean {
  return body !== undefined && !(body instanceof Uint8Array)
}

const NOW: Promise<void> = Promise.resolve()
const NO_SOCKET: IdleSocket = {}
const NO_ROWS = defineErrorTable([])
const KEPT = 4000
const MARGIN = 2000
const LONGEST_KEPT = 600_000
const LAST_WORDS = 1000
