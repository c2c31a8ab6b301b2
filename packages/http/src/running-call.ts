/*
 * One call from its request to what its caller gets: one object in place of a function for each layer. Middleware of the
 * caller's is a chain of functions that may hang or throw; a call without any is led by callbacks alone, which settle when it
 * is stopped.
 */

import { AsyncResource } from 'node:async_hooks'

import type { ErrorContext, NetError } from '@net/core'
import {
  addContext,
  afterGrace,
  clock,
  closedError,
  type OpenOperation,
  type Timer,
} from '@net/core/authoring'

import type { Call, Outcome } from './call.ts'
import { CallCookies } from './cookies/call-cookies.ts'
import type { CallsUnderWay, EndableCall } from './calls-under-way.ts'
import type { HttpConnection } from './connection.ts'
import { HttpStatusError } from './errors.ts'
import type { Handler, Middleware } from './handler.ts'
import { Journey } from './journey.ts'
import { authenticate, inSteps } from './middleware/auth.ts'
import { compose } from './middleware/compose.ts'
import { redirecting } from './middleware/redirect.ts'
import { statusFailureOf } from './middleware/retry.ts'
import { rejectTraced, type Settle } from './pending-response.ts'
import { readStart } from './reading.ts'
import type { PreparedRequest } from './request-factory.ts'
import type { HttpRequest } from './request.ts'
import { isComplete, type HttpResponse } from './response.ts'
import type { Settings } from './settings.ts'

/** What calls have of their client. */
export interface CallHost {
  readonly calls: CallsUnderWay
  readonly middleware: readonly Middleware[]
  handlerFor(request: HttpRequest): Handler | undefined
  lease(
    request: HttpRequest,
    call: Pick<Call, 'op' | 'settings'>,
    fresh: boolean,
  ): HttpConnection | Promise<HttpConnection>
}

/** What a call is made of. */
export interface CallParts {
  readonly op: OpenOperation
  readonly prepared: PreparedRequest
  readonly host: CallHost
}

/** One call while it runs. */
export class RunningCall implements Call, Outcome, EndableCall {
  before: EndableCall | undefined = undefined
  after: EndableCall | undefined = undefined
  listed = false
  readonly started: number = clock().now()
  readonly context: ErrorContext
  readonly frame: AsyncResource = new AsyncResource('net.http.call')
  readonly #parts: CallParts
  readonly #settle: Settle
  #settled = false
  #endsWhenStopped = false
  #cookies: CallCookies | undefined
  #journeys: Journey[] | undefined
  #grace: Timer | undefined

  constructor(parts: CallParts, settle: Settle) {
    const { request, target, endpoint } = parts.prepared
    this.context = { protocol: 'http', operation: request.method, target, endpoint }
    this.#parts = parts
    this.#settle = settle
  }

  get op(): OpenOperation {
    return this.#parts.op
  }

  get settings(): Settings {
    return this.#parts.prepared.settings
  }

  get secrets(): number {
    return this.#parts.prepared.secrets
  }

  get signal(): AbortSignal | undefined {
    return this.#parts.prepared.options.signal
  }

  get cookies(): CallCookies | undefined {
    const { cookies } = this.settings
    if (cookies === undefined) return undefined
    this.#cookies ??= new CallCookies(cookies, this.op)
    return this.#cookies
  }

  /** Whether the journeys of this call follow redirects; where a login leads each request, a layer around it does. */
  get followsRedirects(): boolean {
    return this.settings.auth?.exchange === undefined
  }

  handlerFor(request: HttpRequest): Handler | undefined {
    return this.#parts.host.handlerFor(request)
  }

  begin(): void {
    const { cookies, cache } = this.settings
    try {
      this.op.begin()
      this.#parts.host.calls.add(this)
      if (cache !== undefined) this.#endWhenStopped()
      if (cookies?.isReady !== false && cache?.isReady !== false) this.#start()
      else this.#startWith(Promise.all([cookies?.load(), cache?.load()]))
    } catch (error) {
      this.failed(error)
    }
  }

  end(error: NetError): void {
    this.op.fail(error)
  }

  leave(error: NetError): void {
    if (!this.#settled) this.failed(error)
    this.#parts.host.calls.delete(this)
  }

  lease(request: HttpRequest, fresh: boolean): HttpConnection | Promise<HttpConnection> {
    // Also for a call that was between two attempts when the client was closed.
    if (!this.#parts.host.calls.has(this)) throw closedError()
    return this.#parts.host.lease(request, this, fresh)
  }

  answered(response: HttpResponse): void {
    const { stopped } = this.op
    if (this.#settled || stopped !== undefined) {
      response.body.cancel()
      this.failed(stopped)
    } else if (response.status < 400 || !this.settings.throwHttpErrors) this.#give(response)
    else this.#refuse(response).catch((error: unknown) => this.failed(error))
  }

  failed(error: unknown): void {
    if (this.#settled) return
    this.#end()
    // Nothing reads what a middleware got before it threw.
    for (const journey of this.#journeys ?? []) journey.letGo()
    this.#parts.host.calls.delete(this)
    rejectTraced(this.#settle, this.op.failed(error))
  }

  #give(response: HttpResponse): void {
    const over = (): void => this.#parts.host.calls.delete(this)
    // First, as an answer of the caller's may throw here, which fails the call.
    if (isComplete(response)) over()
    else response.closed.then(over, over)
    this.#end()
    this.op.succeeded()
    this.#settle.resolve(response)
  }

  #end(): void {
    this.#settled = true
    this.#grace?.clear()
  }

  async #refuse(response: HttpResponse): Promise<void> {
    this.#endWhenStopped()
    const { attempts } = statusFailureOf(response)
    const bytes = await readStart(response.body, REPLY_TEXT)
    const text = Buffer.from(bytes).toString('utf8')
    const { status, statusText, headers } = response
    const error = new HttpStatusError({ status, statusText, headers, text })
    this.failed(attempts === undefined ? error : addContext(error, { attempts }))
  }

  #start(): void {
    const { request } = this.#parts.prepared
    if (this.#parts.host.middleware.length === 0 && this.settings.auth === undefined)
      this.#journey(request, this)
    else this.#throughLayers(request)
  }

  #startWith(ready: Promise<unknown>): void {
    this.#endWhenStopped()
    ready.then(() => this.#start()).catch((error: unknown) => this.failed(error))
  }

  #journey(request: HttpRequest, outcome: Outcome): Journey {
    const journey = new Journey(request, this, outcome)
    journey.begin()
    return journey
  }

  /** For code and bodies of the caller's, which may not hear that the call is stopped. */
  #endWhenStopped(): void {
    if (this.#endsWhenStopped) return
    this.#endsWhenStopped = true
    this.op.onAbort((reason) => {
      this.#grace = afterGrace(() => this.failed(reason))
    })
  }

  /** From the outside in: the caller's layers, then the login, then the journey. */
  #throughLayers(request: HttpRequest): void {
    this.#endWhenStopped()
    const { middleware } = this.#parts.host
    const logins = this.#loginLayers()
    const layers = logins === NO_LAYERS ? middleware : [...middleware, ...logins]
    const next: Handler = (sent) =>
      new Promise((resolve, reject) => {
        const journey = this.#journey(sent, { answered: resolve, failed: reject })
        // A list that grows takes room for many, and most calls have one.
        if (this.#journeys === undefined) this.#journeys = [journey]
        else this.#journeys.push(journey)
      })
    compose(
      layers,
      next,
    )(request).then(
      (response) => this.#came(response),
      (error: unknown) => this.failed(error),
    )
  }

  #came(response: HttpResponse): void {
    try {
      this.answered(response)
    } catch (error) {
      // An answer of the caller's may throw when it is looked at.
      this.failed(error)
    }
  }

  #loginLayers(): readonly Middleware[] {
    const { auth } = this.settings
    if (auth === undefined) return NO_LAYERS
    const { exchange } = auth
    if (exchange === undefined) return [authenticate(auth, this)]
    return [redirecting(this.settings, this.secrets), inSteps(auth, exchange, this)]
  }
}

const REPLY_TEXT = 65_536
const NO_LAYERS: readonly Middleware[] = []
