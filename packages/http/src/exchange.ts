/*
 * One request and its answer over one connection. Sends, waits for the head within the call's limits, fills the body,
 * and settles at once when the call is stopped. It uses connections only as `HttpConnection`.
 *
 * Where it is, and what leads on:
 *
 *   ready      the engine has the request       started → sending, with a source; else waiting
 *   sending    its body leaves                  sent → waiting
 *   waiting    all of it has left               (the limit `reply` runs, also while `ready` without a source)
 *   receiving  the head came                    abandon → draining, if little of the body is missing
 *   draining   the rest is read and dropped     (it has a second to come)
 *   over       ended, failed, stopped or moved to another connection
 *
 * The head leads to `receiving` from each of the first three; an end, a failure and a stop lead to `over` from everywhere.
 */

import { isNetError, type NetError } from '@net/core'
import {
  addContext,
  clock,
  netError,
  type Attempt,
  type OpenPhase,
  type Timer,
} from '@net/core/authoring'

import { ReceivedBody, type BodyFlow } from './body.ts'
import type { Call } from './call.ts'
import type { HttpConnection, WireHead, WireReceiver, WireRequest } from './connection.ts'
import { fieldsWithLength } from './content-length.ts'
import { HttpHeaders } from './headers.ts'
import { holdsBody } from './request-marks.ts'
import { isIdempotent, placeOfRequest, type HttpRequest } from './request.ts'
import { ClientResponse, readingRules, type HistoryEntry, type HttpResponse } from './response.ts'
import type { Upload } from './upload.ts'

type State = 'ready' | 'sending' | 'waiting' | 'receiving' | 'draining' | 'over'

/** Hears how an exchange went, once. */
export interface ExchangeOutcome {
  /** The head is there; of a short answer, so is the body. */
  answered(response: HttpResponse): void
  /** `mayMove` says whether the request may be sent again over another connection, invisible to the caller. */
  failed(error: unknown, mayMove: boolean): void
}

/** What an exchange works with. */
export interface ExchangeParts {
  readonly request: HttpRequest
  readonly call: Call
  readonly attempt: Attempt
  readonly connection: HttpConnection
  readonly upload: Upload | undefined
}

/** One exchange. */
export class Exchange implements WireReceiver, BodyFlow {
  readonly #parts: ExchangeParts
  readonly #outcome: ExchangeOutcome
  readonly #connected: number = clock().now()
  #state: State = 'ready'
  #phase: OpenPhase | undefined
  /** Until its answer is given on. */
  #head: WireHead | undefined
  #body: ReceivedBody | undefined
  #forget: (() => void) | undefined
  #draining: Timer | undefined
  #paused = false
  /** What the caller threw instead of trailers. */
  #fault: unknown

  constructor(parts: ExchangeParts, outcome: ExchangeOutcome) {
    this.#parts = parts
    this.#outcome = outcome
  }

  /** Sends the request. */
  begin(): void {
    const { connection, upload } = this.#parts
    try {
      connection.send(this.#wire(), this)
    } catch (error) {
      this.#lose(error, this.#mayMove(error))
    }
    // The limit on the answer runs from when the server has all that it is to answer.
    if (upload === undefined) this.#awaitAnswer()
    else void upload.sent.then(() => this.#awaitAnswer())
  }

  /** Ends it at once; a body that came in part throws the reason. */
  stop(reason: NetError): void {
    if (this.#state === 'over') return
    this.#parts.connection.destroy()
    if (this.#body === undefined) this.#lose(this.#placed(reason), false)
    else this.failed(reason)
  }

  /** Lets go of the body, unless somebody reads it already. */
  letGo(): void {
    if (this.#state === 'receiving' && this.#body?.taken === false) this.#body.cancel()
  }

  started(): void {
    const { attempt, upload } = this.#parts
    if (this.#state === 'ready') this.#state = upload === undefined ? 'waiting' : 'sending'
    attempt.sent()
    const { op, frame } = this.#parts.call
    const { method, path } = this.#parts.request
    if (!op.tellsWire) return
    frame.runInAsyncScope(() => op.wire('send', () => `${method} ${path} ${this.#spoken()}`))
  }

  interim(status: number, fields: readonly string[]): void {
    const { settings, frame } = this.#parts.call
    const { onInterim } = settings
    if (onInterim === undefined) return
    const headers = HttpHeaders.received(fields)
    frame.runInAsyncScope(() => onInterim({ status, headers }))
  }

  head(head: WireHead): void {
    if (this.#state === 'over') return
    const { op, frame } = this.#parts.call
    const { status, reason, size } = head
    if (op.tellsWire) {
      const text = (): string => `${this.#spoken()} ${status} ${reason}`.trimEnd()
      frame.runInAsyncScope(() => op.wire('receive', text))
    }
    op.answered(status)
    this.#state = 'receiving'
    this.#head = head
    this.#body = new ReceivedBody(this, size, op.limits.idle)
  }

  settled(): void {
    const { frame } = this.#parts.call
    if (this.#head !== undefined) frame.runInAsyncScope(() => this.#answered())
  }

  #answered(): void {
    const head = this.#head
    const body = this.#body
    this.#head = undefined
    if (head !== undefined && body !== undefined) this.#give(this.#response(head, body), body)
  }

  data(chunk: Uint8Array): void {
    const body = this.#body
    if (body === undefined) return
    body.push(chunk)
    const { op, frame } = this.#parts.call
    if (this.#state === 'draining') {
      if (body.received > DRAINED) this.#parts.connection.destroy()
    } else if (this.#parts.upload !== undefined) op.idle.moved(chunk.length)
    else if (body.ended) return
    else if (op.tellsProgress) frame.runInAsyncScope(() => op.progress(body.received, body.size))
    else op.progress(body.received, body.size)
  }

  end(trailers: readonly string[]): void {
    this.#over()
    this.#body?.end(trailers)
    // A server that has answered does not want the rest.
    void this.#parts.upload?.stop()
  }

  failed(error: NetError): void {
    const body = this.#body
    const { upload } = this.#parts
    if (body === undefined) {
      const reason = upload?.failure ?? this.#fault ?? error
      this.#lose(reason, this.#mayMove(reason))
      return
    }
    this.#over()
    body.fail(this.#incomplete(error, body))
  }

  memory(): Uint8Array | undefined {
    return this.#state === 'receiving' ? this.#body?.memory() : undefined
  }

  pause(begun: boolean): void {
    this.#paused = true
    this.#parts.connection.pause(begun)
    this.#parts.call.op.idle.stop()
  }

  resume(): void {
    this.#paused = false
    this.#parts.call.op.idle.start()
    this.#parts.connection.resume()
  }

  piecewise(): void {
    this.#parts.call.op.idle.countAnyByte()
  }

  /** The rest of a short body is cheaper to receive than a new connection; it has a second to come. */
  abandon(): void {
    const body = this.#body
    const { connection } = this.#parts
    const rest = body?.size === undefined ? 0 : body.size - body.received
    if (this.#state !== 'receiving' || rest <= 0 || rest > DRAINED) {
      this.#over()
      connection.destroy()
      return
    }
    this.#state = 'draining'
    this.#draining = clock().after(DRAINING, () => connection.destroy())
    if (this.#paused) connection.resume()
  }

  #awaitAnswer(): void {
    if (this.#state === 'sending') this.#state = 'waiting'
    if (this.#body === undefined && this.#state !== 'over')
      this.#phase = this.#parts.call.op.openPhase('command')
  }

  #give(response: HttpResponse, body: ReceivedBody): void {
    const phase = this.#phase ?? this.#parts.call.op.openPhase('command')
    phase.ended()
    if (!body.ended) this.#accompany(response)
    this.#outcome.answered(response)
  }

  /** The call lasts until its body has arrived. */
  #accompany(response: HttpResponse): void {
    const { op } = this.#parts.call
    op.until(response.closed)
    if (!this.#paused) op.idle.start()
    this.#forget = op.onAbort((reason) => this.stop(reason))
    const phase = op.openPhase('receive')
    void response.closed.then((error) => {
      if (error === undefined) phase.ended()
      else phase.failed(error)
      op.idle.stop()
      this.#forget?.()
      void this.#parts.upload?.stop()
    })
  }

  /** There will be no answer. */
  #lose(error: unknown, mayMove: boolean): void {
    if (this.#state === 'over') return
    const { call, connection, upload } = this.#parts
    // What fails on the way out is no failure to answer.
    const answering = this.#phase !== undefined || upload === undefined
    this.#over()
    connection.destroy()
    const phase = this.#phase ?? (answering ? call.op.openPhase('command') : undefined)
    const described = phase === undefined ? error : phase.failed(error)
    void (upload?.stop() ?? SETTLED).then(() => this.#outcome.failed(described, mayMove))
  }

  #over(): void {
    this.#state = 'over'
    this.#draining?.clear()
    this.#forget?.()
  }

  #mayMove(error: unknown): boolean {
    if (!isNetError(error)) return false
    const { method, body } = this.#parts.request
    if (body?.begun === true && !body.replayable) return false
    // The server itself said that it has not begun; of a goodbye on the way (a tunnel's) it is not known.
    if (error.code === 'NET_CONN_SHUTDOWN' && error.retry === 'safe') return true
    if (error.code === 'NET_PROXY_AUTH') return this.#parts.connection.wantsLogin === true
    if (!LOST.has(error.code) || this.#parts.connection.exchanges < 2) return false
    return this.#state === 'ready' || isIdempotent(method)
  }

  #placed(reason: NetError): NetError {
    const isSending = this.#phase === undefined && this.#parts.upload !== undefined
    return isSending ? addContext(reason, { phase: 'send' }) : reason
  }

  #incomplete(error: NetError, body: ReceivedBody): NetError {
    const { received, size } = body
    const moved = { received, ...(size === undefined ? {} : { expected: size }) }
    const context = { ...this.#parts.call.context, ...moved, phase: 'receive', sent: true } as const
    if (!LOST.has(error.code)) return addContext(error, context)
    const message = `the body ended after ${received}${size === undefined ? '' : ` of ${size}`} bytes`
    return netError('NET_PROTO_INCOMPLETE', { message, cause: error, ...context })
  }

  #response({ status, reason, fields }: WireHead, body: ReceivedBody): HttpResponse {
    const { request, call, connection } = this.#parts
    const { op, context, settings, signal, started } = call
    return new ClientResponse({
      status,
      statusText: reason,
      url: placeOfRequest(request).href,
      headers: HttpHeaders.received(fields),
      history: NO_HISTORY,
      protocol: connection.protocol,
      timings: {
        reused: connection.exchanges > 1,
        connected: this.#connected - started,
        answered: clock().now() - started,
      },
      body,
      received: body,
      rules: readingRules(settings.maxBytes, context, { signal, total: op.limits.total, started }),
    })
  }

  #spoken(): string {
    return this.#parts.connection.protocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1'
  }

  #trailers(give: () => readonly string[]): readonly string[] {
    try {
      return give()
    } catch (error) {
      this.#fault = error
      throw error
    }
  }

  #wire(): WireRequest {
    const { request, upload } = this.#parts
    const { method, path, headers } = request
    const { trailers, expectContinue } = this.#parts.call.settings
    const body = upload ?? request.body?.bytes
    const expects = body !== undefined && (expectContinue === true || holdsBody(request))
    if (trailers !== undefined && body !== undefined)
      return {
        method,
        target: path,
        headers: headers.without('content-length').wire,
        body,
        expects,
        trailers: () => this.#trailers(trailers),
      }
    const fields = fieldsWithLength(headers, method, body)
    return { method, target: path, headers: fields, body, expects }
  }
}

const LOST: ReadonlySet<string> = new Set([
  'NET_CONN_CLOSED',
  'NET_CONN_RESET',
  'NET_PROTO_INCOMPLETE',
])
const NO_HISTORY: readonly HistoryEntry[] = Object.freeze([])
const SETTLED: Promise<void> = Promise.resolve()
const DRAINED = 65_536
const DRAINING = 1000
