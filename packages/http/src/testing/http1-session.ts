/*
 * One connection of HTTP/1.1, seen by a test server: drives the codec over it. It reads while it answers, one exchange after
 * the other; a fault or a change of protocol takes the connection over, when reading has stopped.
 */

import { STATUS_CODES } from 'node:http'

import type { NetError } from '@net/core'
import { clock, defineErrorTable, netError, translate, type Timer } from '@net/core/authoring'
import type { Connection } from '@net/socket'
import { causeFault, type FaultWord } from '@net/socket/testing'

import type { Framing } from '../http1/framing.ts'
import { ServerCodec, type RequestHead, type ServerEvents } from '../http1/server-codec.ts'
import { AnswerCut, Struck } from './answer-cut.ts'
import { answerOf, fieldsOf, has, piecesOf, type Answer } from './answer.ts'
import type { HttpFault } from './faults.ts'
import { RequestContent } from './request-content.ts'
import type { Reply, RouteExchange } from './route.ts'
import { ArrivingRequest } from './seen-request.ts'
import type { ServerLimits, Site } from './site.ts'

/** Serves one connection of HTTP/1.1 until it ends. */
export async function serveHttp1(connection: Connection, site: Site): Promise<void> {
  const session = new Http1Session(connection, site)
  using _ = site.opened(() => session.cut())
  await session.run()
}

/** What the connection waits for. */
type Place = 'idle' | 'head' | 'body' | 'answer' | 'end'

/** One exchange under way. */
interface Underway {
  readonly request: ArrivingRequest
  readonly content: RequestContent
  readonly minor: number
  readonly cut: AnswerCut
  /** Whether the answer has begun. */
  begun: boolean
}

class Http1Session implements ServerEvents {
  readonly #connection: Connection
  readonly #site: Site
  readonly #codec: ServerCodec
  readonly #gone = new AbortController()
  readonly #quit = new AbortController()
  #exchange: Underway | undefined
  #serving: Promise<void> = Promise.resolve()
  #reading: Promise<void> | undefined
  #place: Place | undefined
  #timer: Timer | undefined
  /** Ends what waits for a route, or for a piece of a body. */
  #stop: ((reason: unknown) => void) | undefined
  /** Resolves when the exchange has come on. */
  #turn: PromiseWithResolvers<void> | undefined
  /** What has come of the protocol that follows. */
  #rest: Buffer[] = []

  constructor(connection: Connection, site: Site) {
    this.#connection = connection
    this.#site = site
    const limit = site.limits.headBytes
    this.#codec = new ServerCodec(this, limit === undefined ? {} : { limit })
  }

  async run(): Promise<void> {
    try {
      this.#watch()
      this.#reading = this.#read()
      await this.#reading
      // What is served may begin the next exchange.
      for (let served: Promise<void> | undefined; served !== this.#serving;) {
        served = this.#serving
        await served
      }
    } finally {
      this.#timer?.clear()
      this.#leave(undefined)
    }
  }

  /** The server closes. */
  cut(): void {
    if (this.#place === 'idle') this.#quit.abort()
    else {
      this.#leave(netError('NET_CLOSED', { message: 'the server was closed' }))
      this.#connection.abort()
    }
  }

  head({ minor, method, target, fields }: RequestHead, framing: Framing): void {
    const request = new ArrivingRequest({ method, target, fields })
    const fault = this.#site.meet(request)
    const expects = framing !== 0 && /^100-continue$/i.test(request.headers.expect ?? '')
    const content = new RequestContent(() => {
      if (expects && !exchange.begun) void this.#interim({ status: 100 }).catch(() => {})
    })
    const exchange: Underway = { request, content, minor, cut: new AnswerCut(fault), begun: false }
    this.#exchange = exchange
    this.#serving = this.#serve(exchange, fault)
  }

  data(chunk: Buffer): void {
    this.#exchange?.request.keep(chunk)
    this.#exchange?.content.push(chunk)
  }

  end(trailers: readonly string[]): void {
    const exchange = this.#exchange
    if (exchange === undefined) return
    exchange.request.trailers = trailers
    exchange.request.complete = true
    exchange.content.end()
    this.#cameOn()
  }

  rest(bytes: Buffer): void {
    this.#rest.push(bytes)
  }

  /** Reads until the client ends, or until somebody else is to read. */
  async #read(): Promise<void> {
    const { signal } = this.#quit
    try {
      for (;;) {
        const chunk = await this.#connection.read({ signal })
        if (chunk === null) break
        if (this.#place === 'end') continue
        this.#codec.receive(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
        this.#watch()
        await this.#room()
      }
      if (this.#place !== 'end') this.#codec.finish()
    } catch (error) {
      if (!signal.aborted) await this.#failed(error)
    }
  }

  /** Waits while a route is slow, and while there is enough of further requests. */
  async #room(): Promise<void> {
    while (!this.#quit.signal.aborted) {
      const room = this.#exchange?.content.room
      if (room !== undefined) await room
      else if (this.#codec.behind < MOST_BEHIND) return
      else await this.#comesOn()
    }
  }

  #comesOn(): Promise<void> {
    this.#turn ??= Promise.withResolvers()
    return this.#turn.promise
  }

  #cameOn(): void {
    this.#turn?.resolve()
    this.#turn = undefined
  }

  async #serve(exchange: Underway, fault: HttpFault | undefined): Promise<void> {
    const what = fault?.do
    try {
      if (typeof what === 'string' && (fault?.after ?? 0) === 0) throw new Struck(what)
      const routed = this.#routed(exchange)
      const reply = await this.#within(this.#site.reply(fault, exchange.request, routed))
      await this.#answer(exchange, reply)
    } catch (error) {
      exchange.content.drop()
      await (error instanceof Struck ? this.#strike(error.word) : this.#break(error))
    }
  }

  #routed({ content }: Underway): RouteExchange {
    return {
      content,
      bytes: () => content.bytes(),
      interim: (status, headers) => this.#interim({ status, headers }),
      signal: this.#gone.signal,
    }
  }

  async #answer(exchange: Underway, reply: Reply): Promise<void> {
    for (const each of reply.interim ?? []) await this.#interim(each)
    if (reply.raw !== undefined) return this.#sendRaw(exchange, reply.raw)
    const answer = answerOf(reply, exchange.request)
    if (reply.connection !== undefined) return this.#switch(answer, reply)
    const fields = framedFields(answer, exchange)
    exchange.begun = true
    await this.#send(exchange, [this.#codec.response({ ...answer, fields })])
    if (answer.body !== undefined) await this.#sendBody(exchange, answer.body)
    await this.#send(exchange, this.#codec.finalPiece(answer.trailers))
    return this.#answered(exchange)
  }

  async #sendBody(exchange: Underway, body: AsyncIterable<Uint8Array>): Promise<void> {
    const pieces = body[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await this.#within<IteratorResult<Uint8Array, unknown>>(pieces.next())
        if (next.done === true) return
        if (next.value.length > 0) await this.#send(exchange, this.#codec.piece(next.value))
      }
    } finally {
      // It may wait for something that never comes.
      void pieces.return?.().catch(() => {})
    }
  }

  async #sendRaw(exchange: Underway, raw: Exclude<Reply['raw'], undefined>): Promise<void> {
    exchange.begun = true
    for await (const piece of piecesOf(typeof raw === 'string' ? Buffer.from(raw, 'latin1') : raw))
      await this.#send(exchange, [piece])
    return this.#end()
  }

  #send({ cut }: Underway, chunks: readonly Uint8Array[]): Promise<void> {
    if (chunks.length === 0) return Promise.resolve()
    return cut.send(chunks, async (bytes) => {
      await this.#connection.write(bytes)
    })
  }

  async #interim(head: {
    readonly status: number
    readonly headers?: Reply['headers']
  }): Promise<void> {
    const fields = fieldsOf(head.headers)
    const exchange = this.#exchange
    if (exchange !== undefined)
      await this.#send(exchange, [this.#codec.interim({ ...reasonOf(head.status), fields })])
  }

  async #switch({ status, reason }: Answer, { headers, connection }: Reply): Promise<void> {
    await this.#stopReading()
    await this.#connection.write(
      this.#codec.switchTo({ status, reason, fields: fieldsOf(headers) }),
    )
    // What has come of the new protocol is put back to be read.
    this.#connection.unread(Buffer.concat(this.#rest))
    await connection?.(this.#connection)
  }

  /** The answer has left: the next request may follow, or the connection ends when the client has said all. */
  async #answered(exchange: Underway): Promise<void> {
    exchange.content.drop()
    if (this.#codec.isLast) return this.#end()
    while (!exchange.request.complete) await this.#within(this.#comesOn())
    this.#exchange = undefined
    this.#cameOn()
    this.#begin()
    return undefined
  }

  #begin(): void {
    try {
      this.#codec.next()
      this.#watch()
    } catch (error) {
      void this.#failed(error)
    }
  }

  /** Ends our direction, and waits a moment for the client: closing at once might take away what it has not read yet. */
  async #end(): Promise<void> {
    this.#exchange = undefined
    this.#place = 'end'
    this.#timer?.clear()
    this.#timer = clock().after(LINGER, () => this.#quit.abort())
    this.#cameOn()
    await this.#connection.end()
  }

  /** The client has gone, or says what is no HTTP; of a head that is none it is told. */
  async #failed(error: unknown): Promise<void> {
    const isAnswering = this.#exchange !== undefined
    const reason = translate(error, NO_ROWS, {})
    this.#leave(reason)
    if (isAnswering || !REFUSED.has(reason.code)) return
    await this.#refuse(reason.code === 'NET_PROTO_LIMIT' ? 431 : 400)
    await this.#drain()
  }

  async #refuse(status: number): Promise<void> {
    const fields = ['content-length', '0', 'connection', 'close']
    try {
      await this.#connection.write([this.#codec.response({ ...reasonOf(status), fields })])
      await this.#connection.end()
    } catch {
      // It is gone.
    }
  }

  /** Reads what still comes, for a moment. */
  async #drain(): Promise<void> {
    const { signal } = this.#quit
    const late = clock().after(LINGER, () => this.#quit.abort())
    try {
      while ((await this.#connection.read({ signal })) !== null);
    } catch {
      // It has left, or had its moment.
    }
    late.clear()
  }

  /** What a fault does, in the place of the rest. */
  async #strike(word: FaultWord): Promise<void> {
    await this.#stopReading()
    try {
      await this.#connection.flush()
      await causeFault(this.#connection, word)
      if (KEEPS_OPEN.has(word)) for await (const chunk of this.#connection) void chunk
    } catch {
      // The client has had enough.
    }
  }

  /** A route has failed within its answer, or the client has gone: an orderly end would pass off what was sent for all. */
  async #break(error: unknown): Promise<void> {
    await this.#stopReading()
    // What has left so far is to arrive.
    await this.#connection.flush().catch(() => {})
    this.#connection.abort(error)
  }

  async #stopReading(): Promise<void> {
    this.#timer?.clear()
    this.#quit.abort()
    this.#cameOn()
    this.#exchange?.content.drop()
    await this.#reading
  }

  #leave(error: NetError | undefined): void {
    const reason = error ?? netError('NET_CONN_CLOSED', { message: 'the client has gone' })
    this.#exchange?.content.fail(reason)
    this.#cameOn()
    if (error !== undefined || this.#exchange === undefined) this.#gone.abort(reason)
    if (error !== undefined) this.#stop?.(reason)
  }

  /** Waits as long as the client is there. */
  #within<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#stop = reject
      if (this.#gone.signal.aborted) reject(this.#gone.signal.reason as Error)
      promise.then(resolve, reject)
    })
  }

  #watch(): void {
    const place = this.#where()
    if (place === this.#place && place !== 'body') return
    this.#place = place
    this.#timer?.clear()
    const limit = limitOf(place, this.#site.limits)
    this.#timer = limit === Infinity ? undefined : clock().after(limit, () => this.#tooLate(place))
  }

  #where(): Place {
    if (this.#exchange === undefined) return this.#codec.isWithin ? 'head' : 'idle'
    const { request, content } = this.#exchange
    return request.complete || content.room !== undefined ? 'answer' : 'body'
  }

  #tooLate(place: Place): void {
    this.#quit.abort()
    this.#leave(netError('NET_TIMEOUT_IDLE', { message: 'the client says nothing' }))
    if (place === 'head') void this.#refuse(408)
  }
}

function framedFields(
  { fields, framing, body }: Answer,
  { minor, request }: Underway,
): readonly string[] {
  const mayHaveBody = body !== undefined || request.method === 'HEAD'
  if (!mayHaveBody || has(fields, 'content-length') || has(fields, 'transfer-encoding'))
    return fields
  if (framing === 'close' || minor === 0) return [...fields, 'connection', 'close']
  return [...fields, 'transfer-encoding', 'chunked']
}

function limitOf(place: Place, limits: ServerLimits): number {
  if (place === 'head') return limits.head ?? 10_000
  if (place === 'body') return limits.body ?? 60_000
  return place === 'idle' ? (limits.idle ?? 60_000) : Infinity
}

function reasonOf(status: number): { readonly status: number; readonly reason: string } {
  return { status, reason: STATUS_CODES[status] ?? '' }
}

const REFUSED: ReadonlySet<string> = new Set(['NET_PROTO_MALFORMED', 'NET_PROTO_LIMIT'])
const KEEPS_OPEN: ReadonlySet<FaultWord> = new Set(['half-close', 'garbage'])
const NO_ROWS = defineErrorTable([])
const MOST_BEHIND = 65_536
const LINGER = 1000
