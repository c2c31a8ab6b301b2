/* What a client can do, for those who hold one. */

import type { CloseOptions, NetError, Sink } from '@net/core'
import type { RoadExplanation } from '@net/socket'

import type { HttpCache } from './cache/entry.ts'
import type { PageOptions, RequestOptions, SendOptions } from './client-options.ts'
import type { CookieJar } from './cookies/cookie-jar.ts'
import type { DownloadOptions, DownloadResult } from './download-options.ts'
import type { EventSourceOptions, ServerSentEvents } from './event-source.ts'
import type { Fetch } from './fetch.ts'
import type { PendingResponse } from './pending-response.ts'
import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'
import type { SwitchedConnection, SwitchOptions } from './switching.ts'
import type { WebSocketConnection, WebSocketOptions } from './web-socket-options.ts'

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
  /**
   * The client as a `fetch`, for libraries that take one: `new OpenAI({ fetch: client.fetch })`. It repeats nothing and throws
   * for no status; `timeout.reply`, `idle` and `total` hold only if `defaults` of the client name them. Rejects as the
   * platform's does: with the signal's own reason, else with a `TypeError` whose `cause` is the `NetError`.
   */
  readonly fetch: Fetch
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
   * Fetches a file (GET) into a sink, as it is sent, and checks that it is whole. What is cut goes on at the byte where it
   * ended (`Range` with `If-Range`, RFC 9110 sections 13.1.5 and 14.2), as often as `retry` says; with `resume` the next call
   * does so too. A server that has another version by then, or sends another part, leads to a new beginning, once. Rejects with
   * `NET_PROTO_INCOMPLETE`, `NET_SIZE_MISMATCH`, `NET_CHECKSUM_MISMATCH` and `NET_LOCAL_IO`. A transfer: 60 s for the head and for
   * 1 KiB more, no limit on the whole.
   */
  download(url: string | URL, sink: Sink, options?: DownloadOptions): Promise<DownloadResult>
  /**
   * The server-sent events of a URL, over as many connections as it takes (HTML standard, section 9.2). Throws
   * `ArgumentError`s. Sessions: 30 s for the head of each, no limit on silence.
   */
  eventSource(url: string | URL, options?: EventSourceOptions): ServerSentEvents
  /**
   * Asks the server to go on in another protocol over the same connection (`Upgrade`, RFC 9110 section 7.8). Takes a
   * connection of its own, which is the caller's from then on, also when the client is closed. Rejects with
   * `HttpStatusError` if the server refuses, with `NET_PROTO_UNEXPECTED` if it does neither.
   */
  upgrade(url: string | URL, protocol: string, options?: SwitchOptions): Promise<SwitchedConnection>
  /**
   * Opens a WebSocket (RFC 6455) at a URL of `ws:`, `wss:`, `http:` or `https:`, over any road and with the logins of the client;
   * it is the caller's from then on, also when the client is closed. Redirects are followed as those of any call. Rejects with
   * `HttpStatusError` if the server refuses, with `NET_PROTO_UNEXPECTED` if it agrees to something else.
   */
  webSocket(url: string | URL, options?: WebSocketOptions): Promise<WebSocketConnection>
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
