/* The client: its verbs, what its calls share, and the one way that every call takes. */

import { isLoopback, type CallOptions, type CloseOptions, type NetError } from '@net/core'
import {
  argument,
  closeDoor,
  closedError,
  type ClientContext,
  clientContext,
  defaultRetry,
  inCall,
  openOperation,
  type Operation,
  type OperationSpec,
  policyOf,
  type Taken,
} from '@net/core/authoring'
import type { RoadExplanation } from '@net/socket'

import type { HttpCache } from './cache/entry.ts'
import { CallsUnderWay } from './calls-under-way.ts'
import {
  clientOptions,
  requestOptions,
  sendOptions,
  type ClientOptions,
  type PageOptions,
  type RequestOptions,
  type SendOptions,
} from './client-options.ts'
import type { Call } from './call.ts'
import type { HttpConnection } from './connection.ts'
import type { CookieJar } from './cookies/cookie-jar.ts'
import { Connections } from './connections.ts'
import { foreign } from './middleware/compose.ts'
import { respecting, telling } from './middleware/retry.ts'
import { Mounts } from './mounts.ts'
import { mostPages, pageOptions, pagesBy, type PageRules } from './pages.ts'
import { PendingResponse, rejectTraced, type Intent, type Settle } from './pending-response.ts'
import { isKnownMethod, RequestFactory, type PreparedRequest } from './request-factory.ts'
import { isLedAway } from './request-marks.ts'
import { aRequest, isIdempotent, placeOfRequest, type HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'
import { RunningCall, type CallHost } from './running-call.ts'
import { checkWanted, switched } from './switching.ts'
import type { SwitchedConnection, SwitchOptions, Wanted } from './switching.ts'

/** Calls servers, and keeps the connections to them. Disposing waits 2 s for calls under way. */
export interface HttpClient extends AsyncDisposable {
  /** Settles once the client is closed; never rejects. */
  readonly closed: Promise<NetError | undefined>
  /** The jar of a client that was made with `cookies`. */
  readonly cookies: CookieJar | undefined
  /** Where a client that was made with `cache` keeps answers. */
  readonly cache: HttpCache | undefined
  get(url: string | URL, options?: RequestOptions): PendingResponse
  post(url: string | URL, options?: RequestOptions): PendingResponse
  put(url: string | URL, options?: RequestOptions): PendingResponse
  patch(url: string | URL, options?: RequestOptions): PendingResponse
  delete(url: string | URL, options?: RequestOptions): PendingResponse
  head(url: string | URL, options?: RequestOptions): PendingResponse
  options(url: string | URL, options?: RequestOptions): PendingResponse
  /** Any method, such as `PROPFIND`. */
  request(method: string, url: string | URL, options?: RequestOptions): PendingResponse
  /**
   * The request that a call with these options would send, with what the client adds but `auth` and the cookies of its jar:
   * to be looked at, changed (`request.with(…)`) and sent, perhaps several times. Throws `ArgumentError`s.
   */
  build(method: string, url: string | URL, options?: RequestOptions): HttpRequest
  /** Sends a request as it is, with the client's limits, `auth`, cookies, middleware and repeats. */
  send(request: HttpRequest, options?: SendOptions): PendingResponse
  /**
   * GET page by page: each answer names the next one by `Link: <…>; rel="next"` (RFC 8288). `params` are those of the
   * first page. A page of another origin is asked for without credentials and headers of the caller's. Throws
   * `NET_PROTO_UNEXPECTED` where a page comes again, or there are more than `maxPages`; `NET_REDIRECT_FORBIDDEN` where
   * https leads to http.
   */
  pages(url: string | URL, options?: PageOptions): AsyncIterable<HttpResponse>
  /**
   * Asks the server to go on in another protocol over the same connection (`Upgrade`, RFC 9110 section 7.8). Takes a
   * connection of its own, which is the caller's from then on, also when the client is closed. Rejects with
   * `HttpStatusError` if the server refuses, with `NET_PROTO_UNEXPECTED` if it does neither.
   */
  upgrade(url: string | URL, protocol: string, options?: SwitchOptions): Promise<SwitchedConnection>
  /** Asks the server at the URL for a tunnel to `host:port` (CONNECT, RFC 9110 section 9.3.6); otherwise as `upgrade`. */
  tunnel(url: string | URL, to: string, options?: SwitchOptions): Promise<SwitchedConnection>
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
  readonly #mounts: Mounts
  readonly #connections: Connections
  readonly #calls = new CallsUnderWay()
  readonly #host: CallHost
  readonly #warned = new Set<string>()
  readonly #lenient: boolean | undefined
  #closing: Promise<void> | undefined

  constructor(options: Taken<ClientOptions>) {
    const { promise, resolve } = Promise.withResolvers<NetError | undefined>()
    this.closed = promise
    this.#settleClosed = resolve
    this.#context = clientContext(options)
    this.#requests = new RequestFactory(options, this.#context.id)
    this.#mounts = new Mounts(options, this.#requests.home)
    this.#lenient = options.lenient
    this.#connections = new Connections(options.connections ?? CONNECTIONS, this.#context)
    this.#host = {
      calls: this.#calls,
      middleware: (options.middleware ?? []).map(foreign),
      handlerFor: (request) => this.#mounts.for(placeOfRequest(request)).handler,
      lease: (request, call, fresh) => this.#lease(request, call, fresh),
    }
  }

  get cookies(): CookieJar | undefined {
    return this.#requests.cookies
  }

  get cache(): HttpCache | undefined {
    return this.#requests.cache
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
    return this.#call(shown(method), (how) =>
      this.#requests.prepare(method, url, { options: requestOptions(options), ...how }),
    )
  }

  build(method: string, url: string | URL, options?: RequestOptions): HttpRequest {
    return inCall({ protocol: 'http', call: 'build' }, () => {
      const taken = requestOptions(options)
      return this.#requests.prepare(method, url, { options: taken, json: false }).request
    })
  }

  send(request: HttpRequest, options?: SendOptions): PendingResponse {
    return this.#call('send', (how) =>
      this.#requests.prepareSent(argument('the request', aRequest, request), {
        options: sendOptions(options),
        ...how,
      }),
    )
  }

  pages(url: string | URL, options?: PageOptions): AsyncIterable<HttpResponse> {
    const { maxPages, ...call } = options ?? {}
    const ask: PageRules['ask'] = (next) => {
      const foreign = next?.foreign ?? false
      const taken = next === undefined ? call : pageOptions(call, foreign)
      return this.#call('pages', (how) =>
        this.#requests.prepare('GET', next?.url ?? url, {
          options: requestOptions(taken),
          ...how,
          foreign,
        }),
      )
    }
    return { [Symbol.asyncIterator]: () => pagesBy({ most: mostPages(maxPages), ask }) }
  }

  upgrade(
    url: string | URL,
    protocol: string,
    options?: SwitchOptions,
  ): Promise<SwitchedConnection> {
    return this.#switch({ url, options }, { protocol })
  }

  tunnel(url: string | URL, to: string, options?: SwitchOptions): Promise<SwitchedConnection> {
    return this.#switch({ url, options }, { to })
  }

  explain(url: string | URL): RoadExplanation {
    return inCall({ protocol: 'http', call: 'explain' }, () => {
      const options = requestOptions(undefined)
      const { request } = this.#requests.prepare('GET', url, { options, json: false })
      return this.#mounts.for(request).road.explain(request.url)
    })
  }

  async close(options?: CloseOptions): Promise<void> {
    const grace = graceOf(options)
    this.#closing ??= this.#close(grace)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #begin({ call, prepare }: Wish, { kind, json, raw }: Intent, settle: Settle): void {
    try {
      const prepared = inCall({ protocol: 'http', call }, () => prepare({ json, raw }))
      const { request, target, endpoint, secrets } = prepared
      const spec: OperationSpec = {
        protocol: 'http',
        operation: request.method,
        target,
        endpoint,
        kind,
        idempotent: isIdempotent(request.method),
        client: this.#context,
        secrets,
      }
      const op = openOperation(spec, this.#callOptions(prepared))
      new RunningCall({ op, prepared, host: this.#host }, settle).begin()
    } catch (error) {
      rejectTraced(settle, error)
    }
  }

  async #switch(
    { url, options }: { readonly url: string | URL; readonly options: SwitchOptions | undefined },
    wanted: Wanted,
  ): Promise<SwitchedConnection> {
    const call = 'to' in wanted ? 'tunnel' : 'upgrade'
    const prepared = inCall({ protocol: 'http', call }, () => {
      checkWanted(wanted)
      const taken = requestOptions(options)
      return this.#requests.prepare('GET', url, { options: taken, json: false })
    })
    if (this.#closing !== undefined) throw closedError()
    const { target, endpoint, secrets } = prepared
    return switched({
      wanted,
      prepared,
      lenient: this.#lenient,
      calls: this.#calls,
      spec: {
        protocol: 'http',
        operation: call,
        target,
        endpoint,
        kind: 'session',
        client: this.#context,
        secrets,
      },
      connect: (request, op) => {
        this.#warnOfPlainSecrets(request, op)
        const { url } = request
        const { connector } = this.#mounts.for(request)
        return connector.transport({ url, bare: false, tls: prepared.settings.tls }, op)
      },
    })
  }

  #callOptions({ options, request, settings }: PreparedRequest): CallOptions {
    const { method, body } = request
    const isOnce = body !== undefined && !body.replayable
    const { onRetry } = settings
    if (!isOnce && onRetry === undefined) return options
    const given = options.retry ?? this.#context.defaults?.retry
    const policy = policyOf(given ?? (isIdempotent(method) ? defaultRetry : false))
    if (policy === undefined) return options
    const possible = isOnce ? respecting(body, policy) : policy
    return { ...options, retry: onRetry === undefined ? possible : telling(onRetry, possible) }
  }

  #call(call: string, prepare: Wish['prepare']): PendingResponse {
    return new PendingResponse((intent, settle) => this.#begin({ call, prepare }, intent, settle))
  }

  #lease(
    request: HttpRequest,
    { op, settings: { tls } }: Pick<Call, 'op' | 'settings'>,
    fresh: boolean,
  ): HttpConnection | Promise<HttpConnection> {
    const { method, origin } = request
    const { connector } = this.#mounts.for(placeOfRequest(request))
    if (!this.#warned.has(origin)) this.#warnOfPlainSecrets(request, op)
    const bare = isLedAway(request) && connector.proves(origin, tls)
    return this.#connections.lease(origin, {
      op,
      operation: method,
      fresh,
      variant: connector.variant(bare, tls),
      mayShare: connector.mayShare(origin),
      connect: (events) => connector.connect({ url: request.url, bare, tls }, op, events),
    })
  }

  #warnOfPlainSecrets(request: HttpRequest, op: Operation): void {
    const { origin } = request
    const { road } = this.#mounts.for(request)
    if (origin.startsWith('https:') || road.local || !request.headers.secret) return
    this.#warned.add(origin)
    // Behind a proxy, localhost is another machine.
    const { url } = request
    if (isLoopback(url.hostname) && road.explain(url).hops.length === 0) return
    op.warn(`credentials are sent to ${origin} in clear; use https`)
  }

  async #close(grace: number): Promise<void> {
    this.#connections.closeIdle()
    await this.#calls.close(grace)
    this.#connections.closeIdle()
    this.#settleClosed(undefined)
  }
}

/** A call that is to be made. */
interface Wish {
  /** How errors call it. */
  readonly call: string
  readonly prepare: (how: { readonly json: boolean; readonly raw: boolean }) => PreparedRequest
}

/** The method as an error may show it, before it was checked. */
function shown(method: string): string {
  if (isKnownMethod(method)) return method
  return typeof method === 'string' && /^[\w-]{1,32}$/.test(method) ? method : 'request'
}

const CONNECTIONS = 64
const graceOf = closeDoor({ protocol: 'http', call: 'close' })
