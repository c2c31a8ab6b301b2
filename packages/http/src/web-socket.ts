/*
 * A WebSocket over a connection: messages with back pressure in both directions, pings and pongs, and the goodbye of both
 * sides (RFC 6455 sections 5 to 7). The frames are an engine's.
 *
 * Where it is, and what leads on:
 *
 *   open      messages go both ways         close() → closing; the peer's goodbye → leaving
 *   closing   ours is sent                  the peer's goodbye, or grace → over
 *   leaving   the peer's was answered       its end, or a moment → over
 *   over      nothing more comes
 *
 * A lost connection and a peer that breaks the rules lead to over from everywhere.
 */

import { isNetError, type NetError } from '@net/core'
import {
  abortError,
  clock,
  inCall,
  netError,
  operation,
  option,
  argument,
  stoppable,
  type Operation,
  type OperationSpec,
} from '@net/core/authoring'
import type { Connection, WaitOptions } from '@net/socket'
import { writeNow } from '@net/socket/road'

import type { HttpHeaders } from './headers.ts'
import { MessageQueue, type Message, type NextMessage } from './message-queue.ts'
import type { FrameEvents, FrameFault, Frames, MakeFrames } from './web-socket-frames.ts'
import { readFrames, type FrameReading } from './web-socket-reader.ts'
import {
  closeOptions,
  type TakenWebSocket,
  type WebSocketClose,
  type WebSocketConnection,
  type WebSocketEnd,
} from './web-socket-options.ts'
import { Pongs } from './web-socket-pongs.ts'
import { Pulse, type PulsedPeer } from './web-socket-pulse.ts'

/** What a WebSocket is made of. */
export interface WebSocketParts {
  readonly connection: Connection
  readonly makeFrames: MakeFrames
  readonly role: 'client' | 'server'
  readonly headers: HttpHeaders
  readonly protocol: string
  readonly deflate: Readonly<Record<string, unknown>> | undefined
  readonly options: Pick<TakenWebSocket, 'maxMessageBytes' | 'keepAlive'>
  /** What its waits are, as operations. */
  readonly spec: OperationSpec
}

/** Goes on as a WebSocket. */
export function webSocketOver(parts: WebSocketParts): WebSocketConnection {
  return new Session(parts)
}

class Session implements WebSocketConnection, PulsedPeer {
  readonly headers: HttpHeaders
  readonly protocol: string
  readonly compressed: boolean
  readonly closed: Promise<NetError | undefined>
  end: WebSocketEnd | undefined
  heard = 0
  readonly #settle: (error: NetError | undefined) => void
  readonly #parts: WebSocketParts
  readonly #frames: Frames
  readonly #queue = new MessageQueue()
  readonly #pulse: Pulse | undefined
  /** The answers that are waited for, by what their pings said. */
  readonly #pings = new Map<string, PromiseWithResolvers<void>>()
  readonly #pongs = new Pongs((data) => this.#frames.pong(data) ?? DONE)
  #pinged = 0
  #state: 'open' | 'closing' | 'leaving' | 'over' = 'open'
  /** How many messages have not left yet. */
  #unsent = 0
  /** Messages leave one after the other. */
  #sending: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(parts: WebSocketParts) {
    const { promise, resolve } = Promise.withResolvers<NetError | undefined>()
    this.closed = promise
    this.#settle = resolve
    this.#parts = parts
    this.headers = parts.headers
    this.protocol = parts.protocol
    this.compressed = parts.deflate !== undefined
    this.#frames = parts.makeFrames({
      role: parts.role,
      maxMessageBytes: parts.options.maxMessageBytes,
      deflate: parts.deflate,
      events: this.#events(),
      write: (chunks) => writeNow(parts.connection, chunks),
    })
    const { keepAlive } = parts.options
    this.#pulse = keepAlive && new Pulse(this, keepAlive)
    readFrames(parts.connection, this.#reading())
  }

  get isHeld(): boolean {
    return this.#queue.isFull
  }

  send(message: string | Uint8Array): Promise<void> {
    try {
      if (typeof message !== 'string')
        inCall(this.#place('send'), () => argument('the message', textOrBytes, message))
      this.#mustBeOpen()
    } catch (error) {
      return Promise.reject(error)
    }
    const sent = this.#unsent === 0 ? this.#frames.message(message) : this.#later(message)
    return sent === undefined ? DONE : this.#unsentUntil(sent)
  }

  async sendJson(value: unknown): Promise<void> {
    const text = JSON.stringify(value) as string | undefined
    await this.send(argument('what is sent', option.text, text))
  }

  receive(options?: WaitOptions): Promise<Message | null> {
    if (options === undefined) return this.#queue.next().message
    return this.#received(options)
  }

  async receiveJson<T = unknown>(options?: WaitOptions): Promise<T | undefined> {
    const message = await this.receive(options)
    if (message === null) return undefined
    try {
      return JSON.parse(
        typeof message === 'string' ? message : Buffer.from(message).toString(),
      ) as T
    } catch {
      throw netError('NET_PROTO_DECODE', { message: 'the message is not JSON', phase: 'receive' })
    }
  }

  async ping(options?: WaitOptions): Promise<number> {
    this.#mustBeOpen()
    const started = clock().now()
    this.#pinged += 1
    const said = `net ${this.#pinged}`
    const answer = Promise.withResolvers<void>()
    // Which of the two tells of a loss does not matter.
    answer.promise.catch(() => {})
    const answered = async (): Promise<void> => {
      this.#pings.set(said, answer)
      await this.#frames.ping(Buffer.from(said))
      await answer.promise
    }
    try {
      await (options === undefined
        ? answered()
        : this.#waited('ping', options, (op) => stoppable(op, answered())))
    } finally {
      this.#pings.delete(said)
    }
    return clock().now() - started
  }

  async close(options?: WebSocketClose): Promise<void> {
    const { code, reason, grace } = inCall(this.#place('close'), () => closeOptions(options))
    this.#closing ??= this.#close(code, reason, grace)
    return this.#closing
  }

  abort(reason?: unknown): void {
    this.#over(reason === undefined ? closedNow() : abortError(reason))
    this.#parts.connection.abort(reason)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void> {
    for (let next = await this.receive(); next !== null; next = await this.receive()) yield next
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async ask(): Promise<void> {
    await this.#frames.ping(Buffer.alloc(0))
    await this.#parts.connection.flush()
  }

  silent(limit: number): void {
    const message = `the peer of the WebSocket gave no sign within ${limit} ms (keepAlive.timeout)`
    this.#over(netError('NET_TIMEOUT_KEEPALIVE', { message, limit }))
    this.#parts.connection.abort()
  }

  #events(): FrameEvents {
    return {
      message: (data) => {
        // After our goodbye nobody waits for messages; the peer's own comes behind them.
        if (this.#state === 'closing' && this.#queue.isFull) this.#queue.drop()
        this.#queue.push(data)
      },
      // Answered before messages that wait for their turn.
      ping: (data) => {
        if (this.#state === 'open') this.#pongs.answer(data)
      },
      pong: (data) => this.#pings.get(Buffer.from(data).toString())?.resolve(),
      closing: (code, reason) => this.#leave({ code, reason }),
    }
  }

  /** The peer has said goodbye. */
  #leave(end: WebSocketEnd): void {
    this.end ??= end
    if (this.#state !== 'open') {
      this.#over(undefined)
      return
    }
    this.#state = 'leaving'
    this.#pulse?.stop()
    this.#queue.end(badEnd(end))
    const code = end.code === 1005 ? undefined : end.code
    const answered = this.#sending.then(() => this.#frames.close(code, '')).catch(() => {})
    const over = (): void => this.#over(badEnd(end))
    // A server is the one that ends the connection (RFC 6455 section 7.1.1).
    if (this.#parts.role === 'server') void answered.then(over)
    const late = clock().after(LEAVING, over)
    void this.closed.then(() => late.clear())
  }

  /** What reading waits for: after our goodbye the peer's own is what matters. */
  get #room(): Promise<void> | undefined {
    return this.#state === 'open' ? this.#queue.room : undefined
  }

  #reading(): FrameReading {
    return {
      compressed: this.compressed,
      receive: (chunk) => {
        this.heard += chunk.length
        return this.#state === 'over' ? undefined : this.#frames.receive(chunk)
      },
      room: () => this.#room,
      ended: () => {
        const cut = this.#state === 'open' || this.#state === 'closing'
        const message = 'the peer ended the WebSocket without a goodbye'
        this.#over(cut ? netError('NET_CONN_CLOSED', { message }) : badEnd(this.end))
      },
      failed: (error) => void this.#fail(error),
    }
  }

  /** Leaves behind the messages before it; a goodbye of ours that came meanwhile leaves behind it. */
  async #later(message: Message): Promise<void> {
    await this.#sending
    if (this.#state !== 'closing') this.#mustBeOpen()
    await this.#frames.message(message)
  }

  #unsentUntil(sent: Promise<void>): Promise<void> {
    this.#unsent += 1
    const left = (): void => void (this.#unsent -= 1)
    this.#sending = sent.then(left, left)
    return sent
  }

  async #fail(error: unknown): Promise<void> {
    const { connection, options } = this.#parts
    if (isNetError(error)) {
      this.#over(this.end === undefined ? error : badEnd(this.end))
      return
    }
    const { closeCode = 1002, message } = error as Partial<FrameFault>
    const why = `the peer of the WebSocket broke the rules: ${message}`
    const limit = options.maxMessageBytes
    const code = FAULTS.get(closeCode) ?? 'NET_PROTO_MALFORMED'
    const tooLong = { message: `a message is longer than ${limit} bytes (maxMessageBytes)`, limit }
    // It leaves while the connection is closed; a peer that reads nothing is not waited for.
    this.#frames.close(closeCode, '')?.catch(() => {})
    this.#over(
      netError(code, { phase: 'receive', ...(closeCode === 1009 ? tooLong : { message: why }) }),
    )
    await connection.close({ grace: LEAVING })
  }

  async #close(code: number, reason: string, grace: number): Promise<void> {
    const late = Promise.withResolvers<void>()
    const timer = clock().after(grace, () => late.resolve())
    if (this.#state === 'open') {
      this.#state = 'closing'
      // Messages that nobody will read must not hold the peer's goodbye back.
      if (this.#queue.isFull) this.#queue.drop()
      this.#sending.then(() => this.#frames.close(code, reason)).catch(() => {})
    }
    await Promise.race([this.closed, late.promise])
    timer.clear()
    if (this.#state !== 'over') {
      this.#over(undefined)
      this.#parts.connection.abort()
    }
    await this.#parts.connection.closed
  }

  #over(error: NetError | undefined): void {
    if (this.#state === 'over') return
    const wasClosing = this.#state === 'closing'
    this.#state = 'over'
    this.end ??= { code: 1006, reason: '' }
    this.#pulse?.stop()
    // What the program itself has ended is no loss to it.
    const told = wasClosing && error?.code.startsWith('NET_CONN_') === true ? undefined : error
    this.#queue.end(told)
    for (const ping of this.#pings.values()) ping.reject(told ?? closedNow())
    this.#settle(told)
    void this.#parts.connection.close({ grace: LEAVING })
  }

  #mustBeOpen(): void {
    if (this.#state !== 'open') throw closedNow()
  }

  #place(call: string): { readonly protocol: string; readonly call: string } {
    return { protocol: 'http', call }
  }

  /** What comes in the moment in which the call is stopped is for the next one. */
  async #received(options: WaitOptions): Promise<Message | null> {
    let next: NextMessage | undefined
    try {
      return await this.#waited('receive', options, (op) => {
        const taken = this.#queue.next()
        next = taken
        op.onAbort((reason) => taken.cancel(reason))
        return taken.message
      })
    } catch (error) {
      next?.giveBack()
      throw error
    }
  }

  #waited<T>(call: string, options: WaitOptions, wait: (op: Operation) => Promise<T>): Promise<T> {
    const spec = { ...this.#parts.spec, operation: call }
    return operation(spec, options, (op) => {
      op.idle.start()
      return wait(op)
    })
  }
}

function closedNow(): NetError {
  return netError('NET_CLOSED', { message: 'the WebSocket is closed' })
}

/** The error of a goodbye that is none; undefined for those that are. */
function badEnd(end: WebSocketEnd | undefined): NetError | undefined {
  if (end === undefined || FINE.has(end.code)) return undefined
  const { code, reason } = end
  const message = `the peer closed the WebSocket with ${code}${reason === '' ? '' : `: ${reason}`}`
  const shuts = code === 1012 || code === 1013
  return netError(shuts ? 'NET_CONN_SHUTDOWN' : 'NET_CONN_CLOSED', {
    message,
    reply: { status: code, text: reason },
  })
}

const textOrBytes = option.either<Message>([option.text, option.binary])
const FINE: ReadonlySet<number> = new Set([1000, 1001, 1005])
const FAULTS: ReadonlyMap<number, 'NET_PROTO_DECODE' | 'NET_PROTO_LIMIT'> = new Map([
  [1007, 'NET_PROTO_DECODE'],
  [1009, 'NET_PROTO_LIMIT'],
])
const DONE: Promise<void> = Promise.resolve()
const LEAVING = 1000
