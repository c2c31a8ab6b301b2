/* One connection of HTTP/2, seen by a test server: Node's own session, with the same routes and faults for each stream. */

import { once } from 'node:events'
import {
  constants,
  performServerHandshake,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'

import { clock, isError, netError } from '@net/core/authoring'
import type { Connection } from '@net/socket'
import type { FaultWord } from '@net/socket/testing'

import { AnswerCut, Struck } from './answer-cut.ts'
import { answerOf, fieldsOf } from './answer.ts'
import type { HttpFault } from './faults.ts'
import { RequestContent } from './request-content.ts'
import type { Reply, ReplyHeaders, RouteExchange } from './route.ts'
import { ArrivingRequest } from './seen-request.ts'
import type { Site } from './site.ts'

/** Serves one connection of HTTP/2 until it ends. */
export async function serveHttp2(connection: Connection, site: Site): Promise<void> {
  const { headBytes = HEAD_BYTES, resets = RESETS } = site.limits
  const settings = { maxHeaderListSize: headBytes }
  const session = performServerHandshake(connection.toSocket(), { settings })
  const patience = new Patience(resets)
  using _ = site.opened(() => session.destroy())
  session.on('error', () => {})
  session.on('stream', (stream: ServerHttp2Stream, _headers, _flags, raw: readonly string[]) => {
    // Node holds this limit only once the client has agreed to it.
    if (raw.reduce((size, { length }) => size + length, 0) > headBytes) {
      stream.on('error', () => {})
      stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)
      return
    }
    // Each costs the server more than the client.
    stream.once('aborted', () => {
      if (patience.isTried()) session.destroy(TOO_MANY, constants.NGHTTP2_ENHANCE_YOUR_CALM)
    })
    void new Http2Exchange(stream, site, requestOf(raw)).serve(session)
  })
  await once(session, 'close')
}

/** How many requests that were for nothing one connection may make. */
class Patience {
  readonly #most: number
  #since = -Infinity
  #count = 0

  constructor(most: number) {
    this.#most = most
  }

  /** One more; whether it was too many. */
  isTried(): boolean {
    const now = clock().now()
    if (now - this.#since > WINDOW) {
      this.#since = now
      this.#count = 0
    }
    this.#count += 1
    return this.#count > this.#most
  }
}

class Http2Exchange {
  readonly #stream: ServerHttp2Stream
  readonly #site: Site
  readonly #request: ArrivingRequest
  readonly #content = new RequestContent(() => this.#wanted())
  readonly #gone = new AbortController()

  constructor(stream: ServerHttp2Stream, site: Site, request: ArrivingRequest) {
    this.#stream = stream
    this.#site = site
    this.#request = request
  }

  async serve(session: ServerHttp2Session): Promise<void> {
    this.#listen()
    const fault = this.#site.meet(this.#request)
    const what = fault?.do
    try {
      if (typeof what === 'string' && (fault?.after ?? 0) === 0) throw new Struck(what)
      const reply = await this.#site.reply(fault, this.#request, this.#routed())
      await this.#answer(reply, fault)
    } catch (error) {
      if (error instanceof Struck) this.#strike(error.word, session)
      else this.#stream.destroy(isError(error) ? error : new Error(String(error)))
    }
    this.#content.drop()
    this.#stream.resume()
  }

  #listen(): void {
    const stream = this.#stream
    stream.on('error', () => {})
    stream.on('data', (chunk: Buffer) => {
      this.#request.keep(chunk)
      this.#content.push(chunk)
      const { room } = this.#content
      if (room === undefined) return
      stream.pause()
      void room.then(() => stream.resume())
    })
    stream.once('trailers', (_trailers, _flags, raw: readonly string[]) => {
      this.#request.trailers = raw
    })
    stream.once('end', () => {
      this.#request.complete = true
      this.#content.end()
    })
    stream.once('close', () => {
      const reason = netError('NET_CONN_CLOSED', { message: 'the client has gone' })
      this.#content.fail(reason)
      this.#gone.abort(reason)
    })
  }

  #routed(): RouteExchange {
    return {
      content: this.#content,
      bytes: () => this.#content.bytes(),
      interim: async (status, headers) => this.#interim(status, headers),
      signal: this.#gone.signal,
    }
  }

  #wanted(): void {
    if (this.#request.headers.expect !== undefined && !this.#stream.headersSent) this.#interim(100)
  }

  #interim(status: number, headers?: ReplyHeaders): void {
    this.#stream.additionalHeaders({ ':status': status, ...wireHeaders(fieldsOf(headers)) })
  }

  async #answer(reply: Reply, fault: HttpFault | undefined): Promise<void> {
    if (reply.raw !== undefined || reply.connection !== undefined)
      throw netError('NET_UNSUPPORTED', { message: 'HTTP/2 has neither raw replies nor upgrades' })
    for (const { status, headers } of reply.interim ?? []) this.#interim(status, headers)
    const answer = answerOf(reply, this.#request)
    const cut = new AnswerCut(fault)
    const hasTrailers = answer.trailers.length > 0
    if (this.#stream.destroyed) return
    this.#stream.respond(
      { ':status': answer.status, ...wireHeaders(answer.fields) },
      { endStream: answer.body === undefined, waitForTrailers: hasTrailers },
    )
    if (answer.body === undefined) return
    if (hasTrailers) this.#stream.once('wantTrailers', () => this.#sendTrailers(answer.trailers))
    await this.#sendBody(answer.body, cut)
    this.#stream.end()
  }

  /** In an event, where what Node refuses of a reply would end the process. */
  #sendTrailers(fields: readonly string[]): void {
    try {
      this.#stream.sendTrailers(wireHeaders(fields))
    } catch (error) {
      this.#stream.destroy(error as Error)
    }
  }

  async #sendBody(body: AsyncIterable<Uint8Array>, cut: AnswerCut): Promise<void> {
    for await (const piece of body) {
      if (this.#stream.destroyed) return
      await cut.send([piece], async (chunks) => {
        for (const chunk of chunks) await this.#write(chunk)
      })
    }
  }

  /** Resolves when the bytes have left, or the client has. */
  #write(chunk: Uint8Array): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#stream.once('close', resolve)
    this.#stream.write(chunk, () => {
      this.#stream.off('close', resolve)
      resolve()
    })
    return promise
  }

  #strike(word: FaultWord, session: ServerHttp2Session): void {
    const stream = this.#stream
    if (word === 'drop') session.destroy()
    else if (word === 'reset') stream.destroy(new Struck(word))
    else if (word === 'half-close') stream.end()
    else if (word === 'garbage') stream.end(GARBAGE)
  }
}

function requestOf(raw: readonly string[]): ArrivingRequest {
  const pseudo = new Map<string, string>()
  const fields: string[] = []
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? ''
    if (name.startsWith(':')) pseudo.set(name, raw[at + 1] ?? '')
    else fields.push(name, raw[at + 1] ?? '')
  }
  const authority = pseudo.get(':authority')
  return new ArrivingRequest({
    method: pseudo.get(':method') ?? '',
    target: pseudo.get(':path') ?? authority ?? '',
    fields: authority === undefined ? fields : ['host', authority, ...fields],
  })
}

/** Fields as Node takes them; those of a connection of HTTP/1.1 are none of HTTP/2 (RFC 9113 section 8.2.2). */
function wireHeaders(fields: readonly string[]): OutgoingHttpHeaders {
  const headers: Record<string, string[]> = {}
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]?.toLowerCase() ?? ''
    if (!OF_CONNECTIONS.has(name)) (headers[name] ??= []).push(fields[at + 1] ?? '')
  }
  return headers
}

const OF_CONNECTIONS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
])
/** Without an error Node says NO_ERROR, whatever the code. */
const TOO_MANY = new Error('too many requests were cancelled')
const HEAD_BYTES = 65_536
const RESETS = 200
const WINDOW = 10_000
const GARBAGE: Uint8Array = Uint8Array.from({ length: 66 }, (_, at) => (at * 167 + 129) & 0xff)
