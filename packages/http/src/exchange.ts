/*
 * One request and its answer over one connection. Sends, waits for the head within the call's limits, fills the body,
 * and settles at once when the call is stopped. It uses connections only as `HttpConnection`.
 */

import { isNetError, type NetError } from '@net/core'
import {
  addContext,
  clock,
  netError,
  openSource,
  type Operation,
  type Timer,
} from '@net/core/authoring'

import { ReceivedBody, type BodyFlow } from './body.ts'
import type { Call } from './call.ts'
import type { HttpConnection, WireReceiver, WireRequest } from './connection.ts'
import { HttpHeaders } from './headers.ts'
import { isIdempotent, type HttpRequest, type RequestBody } from './request.ts'
import { Answer, readingRules, type HttpResponse } from './response.ts'
import { Upload } from './upload.ts'

/**
 * Sends a request and resolves with the head of its answer. A connection that the peer had closed while it lay idle is
 * exchanged for another one, if nothing or nothing that matters has been sent.
 */
export async function exchange(request: HttpRequest, call: Call): Promise<HttpResponse> {
  for (let turn = 1; ; turn++) {
    const upload = request.body && (await opened(request.body, call.op))
    const connection = await leased(request, call, { fresh: turn > 1, upload })
    const running = new Exchange(request, call, { connection, upload })
    try {
      return await running.answer()
    } catch (error) {
      if (turn >= MOST_TURNS || !running.mayMove(error)) throw error
    }
  }
}

async function opened(body: RequestBody, op: Operation): Promise<Upload | undefined> {
  const { bytes, source = bytes } = body
  // Bytes that fit into what the kernel takes at once have left with the head of the request.
  if (source === undefined || (bytes?.length ?? Infinity) <= AT_ONCE) return undefined
  return new Upload(await openSource(source), op, () => {
    body.begun = true
  })
}

interface Leasing {
  readonly fresh: boolean
  readonly upload: Upload | undefined
}

async function leased(
  request: HttpRequest,
  call: Call,
  { fresh, upload }: Leasing,
): Promise<HttpConnection> {
  try {
    return await call.lease(request, fresh)
  } catch (error) {
    await upload?.stop()
    throw error
  }
}

interface Road {
  readonly connection: HttpConnection
  readonly upload: Upload | undefined
}

class Exchange implements WireReceiver, BodyFlow {
  readonly #request: HttpRequest
  readonly #call: Call
  readonly #connection: HttpConnection
  readonly #connected: number = clock().now()
  readonly #answer = Promise.withResolvers<HttpResponse>()
  readonly #upload: Upload | undefined
  #body: ReceivedBody | undefined
  #forget: (() => void) | undefined
  #draining: Timer | undefined
  #started = false
  #sending = false
  #stopped = false
  #paused = false

  constructor(request: HttpRequest, call: Call, { connection, upload }: Road) {
    this.#request = request
    this.#call = call
    this.#connection = connection
    this.#upload = upload
  }

  async answer(): Promise<HttpResponse> {
    const { op } = this.#call
    try {
      this.#forget = op.onAbort((reason) => this.#stop(reason))
      if (!this.#stopped) this.#connection.send(this.#wire(), this)
      // The limit on the answer runs from when the server has all that it is to answer.
      this.#sending = this.#upload !== undefined
      if (this.#upload !== undefined) await Promise.race([this.#upload.sent, this.#answer.promise])
      this.#sending = false
      const response = await op.phase('command', () => this.#answer.promise)
      if (this.#body?.ended !== true) this.#accompany(response)
      return response
    } catch (error) {
      this.#forget?.()
      this.#connection.destroy()
      await this.#upload?.stop()
      throw error
    }
  }

  /** Whether the request may be sent again over another connection, invisible to the caller. */
  mayMove(error: unknown): boolean {
    if (this.#stopped || this.#body !== undefined || !isNetError(error)) return false
    const { body } = this.#request
    if (body?.begun === true && !body.replayable) return false
    // The server itself said that it has not begun; of a goodbye on the way (a tunnel's) it is not known.
    if (error.code === 'NET_CONN_SHUTDOWN' && error.retry === 'safe') return true
    if (!LOST.has(error.code) || this.#connection.exchanges < 2) return false
    return !this.#started || isIdempotent(this.#request.method)
  }

  started(): void {
    this.#started = true
    this.#call.attempt?.sent()
    const { method, path } = this.#request
    this.#call.op.wire('send', () => `${method} ${path} ${this.#spoken()}`)
  }

  head(status: number, reason: string, raw: readonly Buffer[]): void {
    const { op, context, maxBytes, started, signal } = this.#call
    op.wire('receive', () => `${this.#spoken()} ${status} ${reason}`.trimEnd())
    op.answered(status)
    const headers = HttpHeaders.received(raw)
    const coding = headers.get('transfer-encoding')
    if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
      // Where such a body ends is what proxies and servers disagree about (RFC 9112 section 6.3).
      this.#connection.destroy()
      this.failed(
        netError('NET_PROTO_MALFORMED', { message: 'the response has an unknown transfer coding' }),
      )
      return
    }
    const size = bodySize(this.#request.method, status, headers)
    this.#body = new ReceivedBody(this, size, op.limits.idle)
    this.#answer.resolve(
      new Answer({
        status,
        statusText: reason,
        url: this.#request.url.href,
        headers,
        history: [],
        protocol: this.#connection.protocol,
        timings: {
          reused: this.#connection.exchanges > 1,
          connected: this.#connected - started,
          answered: clock().now() - started,
        },
        body: this.#body,
        rules: readingRules(maxBytes, context, { signal, total: op.limits.total, started }),
      }),
    )
  }

  data(chunk: Uint8Array): void {
    const body = this.#body
    if (body === undefined) return
    body.push(chunk)
    if (this.#draining !== undefined && body.received > DRAINED) this.#connection.destroy()
    else if (this.#upload !== undefined) this.#call.op.idle.moved(chunk.length)
    else if (!body.ended) this.#call.op.progress(body.received, body.size)
  }

  end(): void {
    this.#draining?.clear()
    this.#forget?.()
    this.#body?.end()
    // A server that has answered does not want the rest.
    void this.#upload?.stop()
  }

  failed(error: NetError): void {
    const body = this.#body
    this.#draining?.clear()
    if (body === undefined) this.#answer.reject(this.#upload?.failure ?? error)
    else body.fail(this.#incomplete(error, body))
  }

  pause(): void {
    this.#paused = true
    this.#connection.pause()
    this.#call.op.idle.stop()
  }

  resume(): void {
    this.#paused = false
    this.#call.op.idle.start()
    this.#connection.resume()
  }

  piecewise(): void {
    this.#call.op.idle.countAnyByte()
  }

  /** The rest of a short body is cheaper to receive than a new connection; it has a second to come. */
  abandon(): void {
    const body = this.#body
    const rest = body?.size === undefined ? 0 : body.size - body.received
    if (body === undefined || this.#stopped || rest <= 0 || rest > DRAINED) {
      this.#connection.destroy()
      return
    }
    this.#draining = clock().after(DRAINING, () => this.#connection.destroy())
    if (this.#paused) this.#connection.resume()
  }

  /** The call lasts until its body has arrived. */
  #accompany(response: HttpResponse): void {
    const { op } = this.#call
    op.until(response.closed)
    if (!this.#paused) op.idle.start()
    const received = op.phase('receive', async () => {
      const error = await response.closed
      if (error !== undefined) throw error
    })
    const over = (): void => {
      op.idle.stop()
      this.#forget?.()
      void this.#upload?.stop()
    }
    received.then(over, over)
  }

  #stop(reason: NetError): void {
    this.#stopped = true
    this.#connection.destroy()
    this.failed(this.#sending ? addContext(reason, { phase: 'send' }) : reason)
  }

  #incomplete(error: NetError, body: ReceivedBody): NetError {
    const { received, size } = body
    const moved = { received, ...(size === undefined ? {} : { expected: size }) }
    const context = { ...this.#call.context, ...moved, phase: 'receive', sent: true } as const
    if (!LOST.has(error.code)) return addContext(error, context)
    const message = `the body ended after ${received}${size === undefined ? '' : ` of ${size}`} bytes`
    return netError('NET_PROTO_INCOMPLETE', { message, cause: error, ...context })
  }

  #spoken(): string {
    return this.#connection.protocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1'
  }

  #wire(): WireRequest {
    const { method, path, headers, body } = this.#request
    const size = bodyLength(method, this.#upload ?? body?.bytes)
    const length =
      size === undefined || headers.has('content-length') ? [] : ['content-length', String(size)]
    return {
      method,
      target: path,
      headers: length.length === 0 ? headers.wire : [...headers.wire, ...length],
      body: this.#upload ?? body?.bytes,
    }
  }
}

/** What `Content-Length` says of a request (RFC 9110 section 8.6); undefined for no such field. */
function bodyLength(method: string, body: Upload | Uint8Array | undefined): number | undefined {
  if (body === undefined) return EXPECT_BODY.has(method) ? 0 : undefined
  return body instanceof Uint8Array ? body.length : body.size
}

/** How many bytes of body an answer has (RFC 9112 section 6.3); undefined if only its end decides. */
function bodySize(method: string, status: number, headers: HttpHeaders): number | undefined {
  if (method === 'HEAD' || status === 204 || status === 304) return 0
  // A coding, which can only be `chunked` here, comes with no length: the engine has seen to that.
  const length = headers.get('content-length')
  return length === undefined || !/^\d+$/.test(length) ? undefined : Number(length)
}

const EXPECT_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])
const LOST: ReadonlySet<string> = new Set([
  'NET_CONN_CLOSED',
  'NET_CONN_RESET',
  'NET_PROTO_INCOMPLETE',
])
const MOST_TURNS = 3
const AT_ONCE = 65_536
const DRAINED = 65_536
const DRAINING = 1000
