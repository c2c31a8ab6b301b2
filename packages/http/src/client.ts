/* The client: its verbs, what its calls share, and the one way that every call takes. */

import { isLoopback, type CallOptions, type NetError } from '@net/core'
import {
  closedError,
  addContext,
  type ClientContext,
  clientContext,
  clock,
  defaultRetry,
  inCall,
  operation,
  type Operation,
  type OperationSpec,
  policyOf,
  type Taken,
} from '@net/core/authoring'
import type { RoadExplanation } from '@net/socket'

import type { Call, Handler, Middleware } from './call.ts'
import {
  clientOptions,
  closeOptions,
  requestOptions,
  type ClientOptions,
  type CloseOptions,
  type RequestOptions,
} from './client-options.ts'
import type { HttpConnection } from './connection.ts'
import { Connections } from './connections.ts'
import { Connector } from './connector.ts'
import { HttpStatusError } from './errors.ts'
import { exchange } from './exchange.ts'
import { authenticate } from './middleware/auth.ts'
import { compose, foreign, foreignHandler } from './middleware/compose.ts'
import { decode } from './middleware/decode.ts'
import { redirect } from './middleware/redirect.ts'
import { statusFailureOf, respecting, retry } from './middleware/retry.ts'
import { PendingResponse, type Intent } from './pending-response.ts'
import { readStart } from './reading.ts'
import { RequestFactory, type PreparedRequest } from './request-factory.ts'
import { isIdempotent, type HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'
import { Road } from './road.ts'
import type { Settings } from './settings.ts'

/** Calls servers, and keeps the connections to them. Disposing waits 2 s for calls under way. */
export interface HttpClient extends AsyncDisposable {
  /** Settles once the client is closed; never rejects. */
  readonly closed: Promise<NetError | undefined>
  get(url: string | URL, options?: RequestOptions): PendingResponse
  post(url: string | URL, options?: RequestOptions): PendingResponse
  put(url: string | URL, options?: RequestOptions): PendingResponse
  patch(url: string | URL, options?: RequestOptions): PendingResponse
  delete(url: string | URL, options?: RequestOptions): PendingResponse
  head(url: string | URL, options?: RequestOptions): PendingResponse
  options(url: string | URL, options?: RequestOptions): PendingResponse
  /** Any method, such as `PROPFIND`. */
  request(method: string, url: string | URL, options?: RequestOptions): PendingResponse
  /** By which proxies the URL would be reached, and what decided that; nothing is connected. Throws `NET_BAD_URL`. */
  explain(url: string | URL): RoadExplanation
  /**
   * Takes no more calls, waits `grace` milliseconds for those under way, default 2,000, and ends the rest with
   * `NET_CLOSED`. Never rejects.
   */
  close(options?: CloseOptions): Promise<void>
}

/** Makes a client. Throws `ArgumentError`s for wrong options. */
export function createClient(options?: ClientOptions): HttpClient {
  return inCall(
    { protocol: 'http', call: 'createClient' },
    () => new Client(clientOptions(options)),
  )
}

class Client implements HttpClient {
  readonly closed: Promise<NetError | undefined>
  readonly #settleClosed: (error: NetError | undefined) => void
  readonly #context: ClientContext
  readonly #requests: RequestFactory
  readonly #road: Road
  readonly #connector: Connector
  readonly #connections: Connections
  readonly #middleware: readonly Middleware[]
  readonly #handler: Handler | undefined
  /** Calls under way, and what ends one whose middleware does not come back. */
  readonly #active = new Map<Operation, (error: NetError) => void>()
  readonly #warned = new Set<string>()
  #quiet: (() => void) | undefined
  #closing: Promise<void> | undefined

  constructor(options: Taken<ClientOptions>) {
    const { promise, resolve } = Promise.withResolvers<NetError | undefined>()
    this.closed = promise
    this.#settleClosed = resolve
    this.#context = clientContext(options)
    this.#requests = new RequestFactory(options, this.#context.id)
    this.#road = new Road(options)
    this.#connector = new Connector({
      road: this.#road,
      tls: options.tls,
      home: this.#requests.home,
      http2: options.http2 ?? false,
    })
    this.#connections = new Connections(options.connections ?? CONNECTIONS, this.#context)
    this.#middleware = (options.middleware ?? []).map(foreign)
    this.#handler = options.handler && foreignHandler(options.handler)
  }

  get(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('GET', url, options)
  }

  post(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('POST', url, options)
  }

  put(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('PUT', url, options)
  }

  patch(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('PATCH', url, options)
  }

  delete(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('DELETE', url, options)
  }

  head(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('HEAD', url, options)
  }

  options(url: string | URL, options?: RequestOptions): PendingResponse {
    return this.request('OPTIONS', url, options)
  }

  request(method: string, url: string | URL, options?: RequestOptions): PendingResponse {
    return new PendingResponse((intent) => this.#call({ method, url, options }, intent))
  }

  explain(url: string | URL): RoadExplanation {
    return inCall({ protocol: 'http', call: 'explain' }, () => {
      const options = requestOptions(undefined)
      const { request } = this.#requests.prepare('GET', url, { options, json: false })
      return this.#road.explain(request.url)
    })
  }

  async close(options?: CloseOptions): Promise<void> {
    const { grace = GRACE } = closeOptions(options)
    this.#closing ??= this.#close(grace)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #call({ method, url, options }: Wish, { kind, json }: Intent): Promise<HttpResponse> {
    const { prepared, taken } = inCall({ protocol: 'http', call: shown(method) }, () => {
      const taken = requestOptions(options)
      return { taken, prepared: this.#requests.prepare(method, url, { options: taken, json }) }
    })
    const { request, target, endpoint, secrets } = prepared
    const idempotent = isIdempotent(request.method)
    const spec: OperationSpec = {
      protocol: 'http',
      operation: request.method,
      target,
      endpoint,
      kind,
      idempotent,
      client: this.#context,
      secrets,
    }
    const { signal } = taken
    return operation(spec, this.#callOptions(taken, request), (op) =>
      this.#run(op, prepared, signal),
    )
  }

  #callOptions(options: Taken<RequestOptions>, { method, body }: HttpRequest): CallOptions {
    if (body === undefined || body.replayable) return options
    const given = options.retry ?? this.#context.defaults?.retry
    const policy = policyOf(given ?? (isIdempotent(method) ? defaultRetry : false))
    return policy === undefined ? options : { ...options, retry: respecting(body, policy) }
  }

  async #run(
    op: Operation,
    prepared: PreparedRequest,
    signal: AbortSignal | undefined,
  ): Promise<HttpResponse> {
    this.#refuseClosed()
    const { promise: left, reject: leave } = Promise.withResolvers<never>()
    this.#active.set(op, leave)
    const over = (): void => {
      this.#active.delete(op)
      if (this.#active.size === 0) this.#quiet?.()
    }
    op.onAbort(over)
    try {
      const response = await Promise.race([this.#answer(op, prepared, signal), left])
      void response.closed.then(over)
      return response
    } catch (error) {
      over()
      throw error
    }
  }

  async #answer(
    op: Operation,
    { request, settings, target, endpoint, secrets }: PreparedRequest,
    signal: AbortSignal | undefined,
  ): Promise<HttpResponse> {
    const call: Call = {
      op,
      started: clock().now(),
      context: { protocol: 'http', operation: request.method, target, endpoint },
      maxBytes: settings.maxBytes,
      signal,
      attempt: undefined,
      lease: (sent, fresh) => this.#lease(sent, op, fresh),
    }
    const handler = this.#handler ?? ((sent: HttpRequest) => exchange(sent, call))
    const layers = this.#layers(call, settings, secrets)
    const response = await compose(layers, handler)(request)
    if (response.status < 400 || !settings.throwHttpErrors) return response
    throw await statusError(response)
  }

  /** From the outside in: the documented order of all that stands between a call and the wire. */
  #layers(call: Call, settings: Settings, secrets: number): readonly Middleware[] {
    const { auth, redirects, decompress, maxBytes } = settings
    const layers = [...this.#middleware]
    if (auth !== undefined) layers.push(authenticate(auth, call))
    if (redirects > 0) layers.push(redirect(redirects, secrets))
    layers.push(retry(call))
    if (decompress || maxBytes !== undefined) {
      layers.push(decode({ decompress, maxBytes, context: call.context }))
    }
    return layers
  }

  #lease(
    request: HttpRequest,
    op: Operation,
    fresh: boolean,
  ): HttpConnection | Promise<HttpConnection> {
    // Also for a call that was between two attempts when the client was closed.
    if (!this.#active.has(op)) throw closedError()
    const { url, method, origin } = request
    if (!this.#warned.has(origin)) this.#warnOfPlainSecrets(request, op)
    return this.#connections.lease(origin, {
      op,
      operation: method,
      fresh,
      mayShare: this.#connector.mayShare(url),
      connect: (events) => this.#connector.connect(url, op, events),
    })
  }

  #warnOfPlainSecrets(request: HttpRequest, op: Operation): void {
    const { origin } = request
    if (origin.startsWith('https:') || this.#road.local || !request.headers.secret) return
    this.#warned.add(origin)
    // Behind a proxy, localhost is another machine.
    const { url } = request
    if (isLoopback(url.hostname) && this.#road.explain(url).hops.length === 0) return
    op.warn(`credentials are sent to ${origin} in clear; use https`)
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw closedError()
  }

  async #close(grace: number): Promise<void> {
    this.#connections.closeIdle()
    await this.#whenQuiet(grace)
    const ended = this.#whenQuiet(SETTLING)
    for (const op of this.#active.keys()) op.fail(closedError())
    await ended
    for (const leave of this.#active.values()) leave(closedError())
    this.#connections.closeIdle()
    this.#settleClosed(undefined)
  }

  /** Resolves when no call is under way, or when the time is over. */
  async #whenQuiet(longest: number): Promise<void> {
    if (this.#active.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = clock().after(longest, resolve)
    this.#quiet = resolve
    await promise
    timer.clear()
  }
}

interface Wish {
  readonly method: string
  readonly url: string | URL
  readonly options: RequestOptions | undefined
}

async function statusError(response: HttpResponse): Promise<HttpStatusError> {
  const { attempts } = statusFailureOf(response)
  const bytes = await readStart(response.body, REPLY_TEXT)
  const text = Buffer.from(bytes).toString('utf8')
  const { status, statusText, headers } = response
  const error = new HttpStatusError({ status, statusText, headers, text })
  if (attempts !== undefined) addContext(error, { attempts })
  return error
}

/** The method as an error may show it, before it was checked. */
function shown(method: string): string {
  return typeof method === 'string' && /^[\w-]{1,32}$/.test(method) ? method : 'request'
}

const CONNECTIONS = 64
const GRACE = 2000
/** How long calls that were ended may take to settle. */
const SETTLING = 50
const REPLY_TEXT = 65_536
