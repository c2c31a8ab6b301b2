/*
 * A real HTTP server for tests: loopback only, any free port, everything that it saw kept, and faults on demand. It stands on
 * the codec of the client, strict in what it takes and exact in what it sends; HTTP/2 is Node's. Closing it ends every
 * connection.
 */

import { inCall, option, optionsDoor, optionsObject, type Taken } from '@net/core/authoring'
import {
  listen,
  roadOption,
  type Connection,
  type ConnectionServer,
  type TlsOptions,
} from '@net/socket'

import type { HttpFault } from './faults.ts'
import { fileRoutes } from './files.ts'
import { serveHttp1 } from './http1-session.ts'
import { serveHttp2 } from './http2-session.ts'
import { routeShape, type ReplyPiece, type Route } from './route.ts'
import { standardRoutes } from './routes.ts'
import type { SeenRequest } from './seen-request.ts'
import { Site, type ServerLimits } from './site.ts'

/** Options of a test server. */
export interface HttpServerOptions {
  /**
   * By path, by method and path such as `POST /orders`, by the beginning of a path such as `/orders/*`, or `*` for all that
   * have none; they come before the standard ones.
   */
  readonly routes?: Readonly<Record<string, Route>> | undefined
  /** Files by path, such as `/report.csv`: with types, ETags, dates, conditions and parts. */
  readonly files?: Readonly<Record<string, ReplyPiece>> | undefined
  /** Speaks TLS; needs `cert` and `key`. */
  readonly tls?: TlsOptions | undefined
  /** Whether clients may have HTTP/2, which needs `tls`. Default false. */
  readonly http2?: boolean | undefined
  /** How long it waits, and for how many. */
  readonly limits?: ServerLimits | undefined
}

/** A running test server. */
export interface HttpServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:41234`, without a slash at the end. */
  readonly url: string
  /** All requests whose head has arrived, the first one first. */
  readonly received: readonly SeenRequest[]
  /** How many connections are open. */
  readonly connections: number
  /** How many connections there have been. */
  readonly accepted: number
  /** Makes the next matching request go wrong. */
  fail(fault: HttpFault): void
  /** Ends every connection and listens no more. */
  close(): Promise<void>
}

/** Starts a server. Throws `NET_BAD_OPTION` for TLS without a certificate. */
export async function startHttpServer(options?: HttpServerOptions): Promise<HttpServer> {
  const taken = inCall({ protocol: 'http', call: 'startHttpServer' }, () => serverOptions(options))
  const server = new TestServer(taken)
  await server.listen()
  return server
}

class TestServer implements HttpServer {
  accepted = 0
  readonly #options: Taken<HttpServerOptions>
  readonly #site: Site
  #server: ConnectionServer | undefined

  constructor(options: Taken<HttpServerOptions>) {
    const { routes, files = {}, limits = {} } = options
    this.#options = options
    this.#site = new Site({ ...standardRoutes, ...fileRoutes(files), ...routes }, limits)
  }

  get url(): string {
    const scheme = this.#options.tls === undefined ? 'http' : 'https'
    return `${scheme}://127.0.0.1:${this.#running.address.port}`
  }

  get received(): readonly SeenRequest[] {
    return this.#site.received
  }

  get connections(): number {
    return this.#running.connections.size
  }

  async listen(): Promise<void> {
    const { tls, http2 = false, limits } = this.#options
    const scheme = tls === undefined ? 'tcp' : 'tls'
    this.#server = await listen(
      `${scheme}://127.0.0.1:0`,
      (connection) => this.#serve(connection),
      {
        ...(tls === undefined ? {} : { tls: { alpn: http2 ? BOTH : ONE, ...tls } }),
        ...(limits?.connections === undefined ? {} : { maxConnections: limits.connections }),
        accept: () => {
          this.accepted += 1
          return true
        },
        onError: () => {},
        // It has limits of its own.
        defaults: { timeout: { idle: Infinity, write: Infinity } },
      },
    )
  }

  fail(fault: HttpFault): void {
    this.#site.faults.add(fault)
  }

  async close(): Promise<void> {
    this.#site.faults.end()
    const closed = this.#running.close({ grace: 0 })
    this.#site.cut()
    await closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #running(): ConnectionServer {
    if (this.#server === undefined) throw new Error('the server was not started')
    return this.#server
  }

  #serve(connection: Connection): Promise<void> {
    const { tls } = connection.info
    return tls?.alpn === 'h2'
      ? serveHttp2(connection, this.#site)
      : serveHttp1(connection, this.#site)
  }
}

const serverOptions = optionsDoor<HttpServerOptions>(
  { protocol: 'http', call: 'startHttpServer' },
  {
    routes: option.record(routeShape),
    files: option.record(option.either<ReplyPiece>([option.text, option.binary])),
    tls: roadOption.tls,
    http2: option.flag,
    limits: optionsObject<ServerLimits>({
      head: option.limit,
      body: option.limit,
      idle: option.limit,
      headBytes: option.count,
      resets: option.count,
      connections: option.count,
    }),
  },
)
const ONE = ['http/1.1']
const BOTH = ['h2', 'http/1.1']
