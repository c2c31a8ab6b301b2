/*
 * A client's connection of HTTP/1.1: drives the codec over a transport. One exchange at a time; between two of them the
 * connection listens, so that a server that closes it, or speaks unasked, is noticed at once. It has no limits: ours hold
 * above it.
 */

import type { Socket } from 'node:net'

import { ConnectionLostError, isNetError, type NetError } from '@net/core'
import { clock, defineErrorTable, translate, type Timer } from '@net/core/authoring'
import type { ByteReceiver, ForwardingProxy, Inflow, Transport } from '@net/socket'
import { deliverTo, writeNow, writeTextNow } from '@net/socket/authoring'

import type {
  BodyPieces,
  ConnectionEvents,
  HttpConnection,
  WireReceiver,
  WireRequest,
} from '../connection.ts'
import { announcedLength } from '../content-length.ts'
import { HttpHeaders } from '../headers.ts'
import { heldFrom, isHeldBy } from '../held.ts'
import { BodySender } from './body-sender.ts'
import { ClientCodec, type ClientEvents, type ResponseHead } from './client-codec.ts'
import { keptFor, type Framing } from './framing.ts'
import { closed, withoutPlace } from './loss.ts'
import { bytesOf, joinedBytes } from './message-writer.ts'
import { inNextTurn } from './next-turn.ts'
import type { Http1Options } from './options.ts'
import { RequestHeads } from './request-head.ts'

/** One connection, to one origin. */
export class Http1Connection implements HttpConnection, ByteReceiver, ClientEvents {
  readonly protocol = 'http/1.1'
  exchanges = 0
  readonly #transport: Transport
  readonly #socket: IdleSocket
  readonly #events: ConnectionEvents
  readonly #heads: RequestHeads
  readonly #forwarding: ForwardingProxy | undefined
  readonly #codec: ClientCodec
  readonly #inflow: Inflow | undefined
  #receiver: WireReceiver | undefined
  #request: WireRequest | undefined
  #isPaused = false
  #heldFrom = 0
  #isOver = false
  #isFresh = true
  /** Whether the process lives as long as the socket. */
  #keepsAlive = true
  #hasBegun = false
  #isAnswered = false
  #lastWords: Timer | undefined
  /** Where there is no socket, which has a timer of its own that keeps no process alive. */
  #idle: Timer | undefined
  /** What took the connection. */
  #loss: NetError | undefined
  readonly #longest: number
  #patience: number
  /** The time for which an unused connection is kept has passed within an exchange. */
  #hasPassed = false
  /** The server wants the body, or seems to. */
  #wanted: (() => void) | undefined

  constructor(
    transport: Transport,
    { host, idleTime, forwarding, ...rules }: Http1Options,
    events: ConnectionEvents,
  ) {
    this.#transport = transport
    this.#codec = new ClientCodec(this, rules)
    this.#socket = transport.duplex ?? NO_SOCKET
    this.#events = events
    this.#forwarding = forwarding
    this.#longest = idleTime ?? LONGEST_KEPT
    this.#patience = idleTime ?? KEPT
    this.#heads = new RequestHeads(host, forwarding?.fields)
    this.#listenForSilence()
    this.#inflow = deliverTo(transport, this)
  }

  get isHeld(): boolean {
    return this.#isPaused && isHeldBy(this.#heldFrom)
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
    return !this.#isPaused
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
    if (status === 100) this.#wanted?.()
    this.#receiver?.interim(status, fields)
  }

  head({ status, reason, fields, notes }: ResponseHead, framing: Framing): void {
    this.#forwarding?.answered(
      status,
      reason,
      HttpHeaders.received(fields).getAll('proxy-authenticate'),
    )
    this.#isAnswered = true
    this.#wanted?.()
    const kept = keptFor(notes)
    if (kept !== undefined) this.#keepFor(kept)
    const size = typeof framing === 'number' ? framing : undefined
    this.#receiver?.head({ status, reason, fields, size })
  }

  data(chunk: Buffer): void {
    this.#receiver?.data(chunk)
  }

  end(trailers: readonly string[]): void {
    const receiver = this.#receiver
    this.#receiver = undefined
    this.#isPaused = false
    receiver?.end(trailers)
    if (this.#codec.mayGoOn) {
      this.#codec.next()
      // Behind the bytes that arrived together with the end: there must be none.
      void NOW.then(this.#free)
    } else this.#leave(false)
  }

  // No request of ours asks for another protocol: see `handshake.ts`.
  switched(): void {}
  rest(): void {}

  readonly #begin = (): void => {
    if (this.#receiver === undefined || this.#request === undefined) return
    const { body, expects, trailers } = this.#request
    this.#hasBegun = true
    this.#isAnswered = false
    this.#receiver.started()
    if (body instanceof Uint8Array && (expects === true || trailers !== undefined))
      void this.#sendPieces(this.#request, whole(body), trailers ? 'chunked' : body.length)
    else if (body === undefined || body instanceof Uint8Array) this.#sendWhole(this.#request, body)
    else this.#sendSource(this.#request, body)
  }

  #sendSource(request: WireRequest, body: BodyPieces): void {
    const announced = announcedLength(request.headers)
    if (announced === 0) void this.#sendNothing(request, body)
    else void this.#sendPieces(request, body, announced ?? 'chunked')
  }

  #sendWhole({ method, target, headers }: WireRequest, body: Uint8Array | undefined): void {
    const length = body?.length ?? 0
    this.#codec.request({ method, framing: length })
    const head = this.#heads.text(method, target, headers)
    if (body === undefined || length === 0)
      void writeTextNow(this.#transport, head)?.then(isDone, this.#unwritten)
    else {
      this.#codec.piece(body)
      this.#codec.finalPiece()
      void this.#write([joinedBytes(head, body)])
    }
  }

  /** Of an empty body the head alone is complete: the source has to end first. */
  async #sendNothing(request: WireRequest, body: BodyPieces): Promise<void> {
    const receiver = this.#receiver
    const isOver = (): boolean => this.#receiver !== receiver
    try {
      await new BodySender({ isOver, write: () => undefined }, 0).send(body)
      if (!isOver()) this.#sendWhole(request, undefined)
    } catch (error) {
      if (this.#receiver === receiver) this.#giveUp(error)
    }
  }

  async #sendPieces(request: WireRequest, body: BodyPieces, framing: Framing): Promise<void> {
    const receiver = this.#receiver
    const isOver = (): boolean => this.#receiver !== receiver
    const write = (pieces: readonly Uint8Array[]): Promise<boolean> | undefined =>
      this.#write(this.#codec.piece(...pieces))
    try {
      this.#sendHead(request, framing)
      if (request.expects === true && !(await this.#isWanted())) return
      // Bytes have the length that was told for them.
      const length = typeof framing === 'number' && request.body === body ? framing : undefined
      if (!(await new BodySender({ isOver, write }, length).send(body)) || isOver()) return
      if (!this.#codec.hasSent) await this.#write(this.#codec.finalPiece(request.trailers?.()))
    } catch (error) {
      if (!isOver()) this.#giveUp(error)
    }
  }

  #sendHead({ method, target, headers, expects }: WireRequest, framing: Framing): void {
    this.#codec.request({ method, framing })
    const coding = framing === 'chunked' ? 'transfer-encoding: chunked\r\n' : ''
    const more = expects === true ? `${coding}expect: 100-continue\r\n` : coding
    void this.#write([bytesOf(this.#heads.text(method, target, headers, more))])
  }

  /** Resolves when the server has said so, or nothing for a second; to false if it has answered instead. */
  #isWanted(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const late = clock().after(UNSAID, () => this.#wanted?.())
    this.#wanted = () => {
      late.clear()
      this.#wanted = undefined
      resolve(this.#receiver !== undefined && !this.#isAnswered)
    }
    return promise
  }

  /**
   * Undefined if there is room for more already. A write that fails is not the end yet: what the server said before may still
   * arrive.
   */
  #write(bytes: readonly Uint8Array[]): Promise<boolean> | undefined {
    return writeNow(this.#transport, bytes)?.then(isDone, this.#unwritten)
  }

  readonly #unwritten = (error: unknown): boolean => {
    if (isNetError(error)) this.#loss ??= withoutPlace(error)
    if (!this.#isOver)
      this.#lastWords ??= clock().after(LAST_WORDS, () => this.#fail(this.#loss ?? error))
    return false
  }

  readonly #free = (): void => {
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

  #fail(error: unknown): void {
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
    this.#wanted?.()
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

async function* whole(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body
}

function isDone(): boolean {
  return true
}

const NOW: Promise<void> = Promise.resolve()
const NO_SOCKET: IdleSocket = {}
const NO_ROWS = defineErrorTable([])
const KEPT = 4000
const MARGIN = 2000
const LONGEST_KEPT = 600_000
const LAST_WORDS = 1000
const UNSAID = 1000
