/* The client: its verbs, what its calls share, and the one way that every call takes. */

import {
  isLoopback,
  type CallOptions,
  type CloseOptions,
  type NetError,
  type Sink,
} from '@net/core'
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
import type { CallMaker } from './call-maker.ts'
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
import type { DownloadOptions, DownloadResult } from './download-options.ts'
import type { EventSourceOptions, ServerSentEvents } from './event-source.ts'
import type { Fetch } from './fetch.ts'
import { givenOptions, givenUrl } from './given-arguments.ts'
import type { HttpClient } from './http-client.ts'
import { LargerVerbs } from './larger-verbs.ts'
import type { ClientCodecOptions } from './http1/client-codec.ts'
import { foreign } from './middleware/compose.ts'
import { respecting, telling } from './middleware/retry.ts'
import { Mounts } from './mounts.ts'
import { mostPages, pageOptions, pagesBy, type PageRules } from './pages.ts'
import { PendingResponse, rejectTraced, type Intent, type Settle } from './pending-response.ts'
import {
  isKnownMethod,
  RequestFactory,
  type Asking,
  type PreparedRequest,
} from './request-factory.ts'
import { isLedAway } from './request-marks.ts'
import { aRequest, isIdempotent, placeOfRequest, type HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'
import { RunningCall, type CallHost } from './running-call.ts'
import { checkWanted, switched } from './switching.ts'
import type { SwitchedConnection, SwitchOptions, Wanted } from './switching.ts'
import type { WebSocketConnection, WebSocketOptions } from './web-socket-options.ts'

/** Makes a client. Throws `ArgumentError`s for wrong options. */
export function createClient(options?: ClientOptions): HttpClient {
  return inCall(
    { protocol: 'http', call: 'createClient' },
    () => new Client(clientOptions(options)),
  )
}

class Client implements HttpClient {
  readonly closed: Promise<NetError | undefined>
  readonly fetch: Fetch
  readonly #settleClosed: (error: NetError | undefined) => void
  readonly #context: ClientContext
  readonly #requests: RequestFactory
  readonly #mounts: Mounts
  readonly #connections: Connections
  readonly #calls = new CallsUnderWay()
  readonly #host: CallHost
  readonly #larger: LargerVerbs
  readonly #warned = new Set<string>()
  readonly #rules: ClientCodecOptions
  #closing: Promise<void> | undefined

  constructor(options: Taken<ClientOptions>) {
    const { promise, resolve } = Promise.withResolvers<NetError | undefined>()
    this.closed = promise
    this.#settleClosed = resolve
    this.#context = clientContext(options)
    this.#requests = new RequestFactory(options, this.#context.id)
    this.#mounts = new Mounts(options, this.#requests.home)
    this.#rules = { lenient: options.lenient, maxHeaderBytes: options.maxHeaderBytes }
    this.#connections = new Connections(options.connections, this.#context)
    this.#host = {
      calls: this.#calls,
      middleware: (options.middleware ?? []).map(foreign),
      handlerFor: (request) => this.#mounts.for(placeOfRequest(request)).handler,
      lease: (request, call, fresh) => this.#lease(request, call, fresh),
    }
    this.#larger = new LargerVerbs(this.#maker(options))
    this.fetch = this.#larger.fetch
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
    const to = givenUrl(url)
    const given = givenOptions(options, this.#requests.stringify)
    return this.#call(shown(method), (how) =>
      this.#requests.prepare(method, to, { options: requestOptions(given), ...how }),
    )
  }

  build(method: string, url: string | URL, options?: RequestOptions): HttpRequest {
    return inCall({ protocol: 'http', call: 'build' }, () => {
      const taken = requestOptions(options)
      return this.#requests.prepare(method, url, { options: taken, json: false }).request
    })
  }

  send(request: HttpRequest, options?: SendOptions): PendingResponse {
    const given = givenOptions(options)
    return this.#call('send', (how) =>
      this.#requests.prepareSent(argument('the request', aRequest, request), {
        options: sendOptions(given),
        ...how,
      }),
    )
  }

  pages(url: string | URL, options?: PageOptions): AsyncIterable<HttpResponse> {
    const { maxPages, ...call } = givenOptions(options) ?? {}
    const first = givenUrl(url)
    const ask: PageRules['ask'] = (next) => {
      const foreign = next?.foreign ?? false
      const taken = next === undefined ? call : pageOptions(call, foreign)
      return this.#call('pages', (how) =>
        this.#requests.prepare('GET', next?.url ?? first, {
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
    return this.#switch({ url, options }, { protocol }, 'upgrade')
  }

  webSocket(url: string | URL, options?: WebSocketOptions): Promise<WebSocketConnection> {
    return this.#larger.webSocket(url, options)
  }

  eventSource(url: string | URL, options?: EventSourceOptions): ServerSentEvents {
    return this.#larger.eventSource(url, options)
  }

  download(url: string | URL, sink: Sink, options?: DownloadOptions): Promise<DownloadResult> {
    return this.#larger.download(url, sink, options)
  }

  tunnel(url: string | URL, to: string, options?: SwitchOptions): Promise<SwitchedConnection> {
    return this.#switch({ url, options }, { to }, 'tunnel')
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

  #maker({ defaults, maxBytes }: Taken<ClientOptions>): CallMaker {
    return {
      defaults,
      maxBytes,
      calls: this.#calls,
      request: (method, url, given) => this.request(method, url, given),
      prepare: (url, asking) => this.#requests.prepare('GET', url, asking),
      spec: (prepared, operation, kind) => this.#specOf(prepared, operation, kind),
      mustBeOpen: () => this.#mustBeOpen(),
      within: (op, url, options) => {
        const { signal, timeout, parent } = op.within
        const given = { ...options, ...FAILING, signal, timeout }
        return this.#get(url, given, { raw: true, parent })
      },
      stream: (url, options) =>
        this.#get(url, { ...options, ...FAILING }, { events: true, kind: 'session' }),
      upgradeToWebSocket: (url, options) =>
        this.#switch({ url, options }, { protocol: 'websocket' }, 'webSocket'),
    }
  }

  /** A GET for a larger verb, which knows how its answer is read. */
  #get(
    url: string | URL,
    options: RequestOptions,
    { parent, ...known }: Partial<Intent> & { readonly parent?: number },
  ): PendingResponse {
    const prepare: Wish['prepare'] = (how) =>
      this.#requests.prepare('GET', url, { options: requestOptions(options), ...how })
    return new PendingResponse((intent, settle) =>
      this.#begin({ call: 'GET', prepare, parent }, { ...intent, ...known }, settle),
    )
  }

  #begin({ call, prepare, parent }: Wish, { kind, ...how }: Intent, settle: Settle): void {
    try {
      const prepared = inCall({ protocol: 'http', call }, () => prepare(how))
      const { method } = prepared.request
      const of = { idempotent: isIdempotent(method), parent }
      const spec = this.#specOf(prepared, method, kind, of)
      const op = openOperation(spec, this.#callOptions(prepared))
      new RunningCall({ op, prepared, host: this.#host }, settle).begin()
    } catch (error) {
      rejectTraced(settle, error)
    }
  }

  async #switch(
    { url, options }: { readonly url: string | URL; readonly options: SwitchOptions | undefined },
    wanted: Wanted,
    call: string,
  ): Promise<SwitchedConnection> {
    const prepared = inCall({ protocol: 'http', call }, () => {
      checkWanted(wanted)
      const taken = requestOptions(options)
      return this.#requests.prepare('GET', url, { options: taken, json: false })
    })
    this.#mustBeOpen()
    return switched({
      wanted,
      prepared,
      rules: this.#rules,
      calls: this.#calls,
      follows: call === 'webSocket',
      spec: this.#specOf(prepared, call, 'session'),
      connect: (request, op) => {
        this.#warnOfPlainSecrets(request, op)
        const { url, origin } = request
        const { connector } = this.#mounts.for(request)
        const { tls } = prepared.settings
        const bare = isLedAway(request) && connector.proves(origin, tls)
        return connector.transport({ url, bare, tls }, op)
      },
    })
  }

  #specOf(
    { target, endpoint, secrets }: PreparedRequest,
    operation: string,
    kind: OperationSpec['kind'],
    { idempotent, parent }: Pick<OperationSpec, 'idempotent' | 'parent'> = {},
  ): OperationSpec {
    return {
      protocol: 'http',
      operation,
      target,
      endpoint,
      kind,
      client: this.#context,
      secrets,
      idempotent,
      parent,
    }
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw closedError()
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
  readonly prepare: (how: Omit<Asking, 'options'>) => PreparedRequest
  /** The operation that it is a part of. */
  readonly parent?: number | undefined
}

/** The method as an error may show it, before it was checked. */
function shown(method: string): string {
  if (isKnownMethod(method)) return method
  return typeof method === 'string' && /^[\w-]{1,32}$/.test(method) ? method : 'request'
}

const graceOf = closeDoor({ protocol: 'http', call: 'close' })
/** Larger verbs repeat by themselves, and a page that tells of a failure is none of what they want, whatever the client does with it. */
const FAILING = { retry: false, throwHttpErrors: true } as const
