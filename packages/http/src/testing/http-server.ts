/*
 * A real HTTP server for tests: loopback only, any free port, everything that it saw kept, and faults on demand. Its
 * limits are strict, and closing it ends every connection.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

import { inCall, netError, option, optionsDoor, type Taken } from '@net/core/authoring'
import { roadOption, type TlsOptions } from '@net/socket'

import { applyFault, HttpFaults, type HttpFault } from './faults.ts'
import { standardRoutes, type Route, type SeenRequest } from './routes.ts'

/** Options of a test server. */
export interface HttpServerOptions {
  /** By path, or by method and path such as `POST /orders`; they come before the standard ones. */
  readonly routes?: Readonly<Record<string, Route>> | undefined
  /** Speaks TLS; needs `cert` and `key`. */
  readonly tls?: TlsOptions | undefined
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
  const running = inCall({ protocol: 'http', call: 'startHttpServer' }, () => {
    return new TestServer(serverOptions(options))
  })
  await running.listen()
  return running
}

class TestServer implements HttpServer {
  readonly received: SeenRequest[] = []
  accepted = 0
  readonly #routes: Readonly<Record<string, Route>>
  readonly #server: Server
  readonly #scheme: string
  readonly #sockets = new Map<Socket, number>()
  readonly #faults = new HttpFaults()

  constructor({ tls, routes }: Taken<HttpServerOptions>) {
    this.#routes = { ...standardRoutes, ...routes }
    this.#scheme = tls === undefined ? 'http' : 'https'
    const limits = {
      maxHeaderSize: 65_536,
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 5000,
      insecureHTTPParser: false,
      requireHostHeader: true,
    }
    this.#server =
      tls === undefined ? createServer(limits) : createTlsServer({ ...limits, ...keysOf(tls) })
    this.#server.maxConnections = 1000
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.#serve(request, response)
    })
    this.#server.on('connection', (socket: Socket) => this.#welcome(socket))
    this.#server.on('clientError', (_error, socket) => {
      // A TLS socket whose peer has ended would keep the answer, and stay open with it.
      if (socket.readableEnded || !socket.writable) socket.destroy()
      else socket.end(BAD_REQUEST)
    })
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `${this.#scheme}://127.0.0.1:${port}`
  }

  get connections(): number {
    return this.#sockets.size
  }

  async listen(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject)
    this.#server.listen(0, '127.0.0.1', resolve)
    await promise
  }

  fail(fault: HttpFault): void {
    this.#faults.add(fault)
  }

  async close(): Promise<void> {
    this.#faults.end()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    const sockets = [...this.#sockets.keys()]
    const closed = sockets.map((socket) => new Promise((gone) => socket.once('close', gone)))
    for (const socket of sockets) socket.destroy()
    await Promise.all([promise, ...closed])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #welcome(socket: Socket): void {
    this.accepted += 1
    this.#sockets.set(socket, this.accepted)
    socket.on('error', () => {})
    socket.once('close', () => this.#sockets.delete(socket))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = seenOf(request)
    this.received.push(seen)
    request.on('data', (chunk: Buffer) => keep(seen, chunk))
    request.on('error', () => {})
    response.on('error', () => {})
    const fault = this.#faults.at(seen.method, seen.path)
    if (fault !== undefined && !(await applyFault(fault, request, response))) return
    const route =
      this.#routes[`${seen.method} ${seen.path}`] ??
      this.#routes[seen.path] ??
      this.#wildcard(seen.path)
    try {
      if (route !== undefined) await route(seen, response, request)
      else
        response.writeHead(404, { 'content-type': 'text/plain' }).end(`there is no ${seen.path}\n`)
    } catch (error) {
      response.destroy(error instanceof Error ? error : undefined)
    }
  }

  #wildcard(path: string): Route | undefined {
    const slash = path.indexOf('/', 1)
    return slash < 0 ? undefined : this.#routes[`${path.slice(0, slash)}/*`]
  }
}

function seenOf(request: IncomingMessage): SeenRequest {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
  return {
    method: request.method ?? '',
    path: pathname,
    query: new URLSearchParams(search),
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    body: new Uint8Array(),
    size: 0,
  }
}

function keep(seen: SeenRequest, chunk: Buffer): void {
  seen.size += chunk.length
  if (seen.body.length + chunk.length <= MOST_KEPT) seen.body = Buffer.concat([seen.body, chunk])
}

function keysOf({ cert, key }: TlsOptions): {
  readonly cert: string | Buffer
  readonly key: string | Buffer
} {
  if (cert === undefined || key === undefined) {
    throw netError('NET_BAD_OPTION', { message: 'a server with TLS needs cert and key' })
  }
  const raw = (material: string | Uint8Array): string | Buffer =>
    typeof material === 'string' ? material : Buffer.from(material)
  return { cert: raw(cert), key: raw(key) }
}

const serverOptions = optionsDoor<HttpServerOptions>(
  { protocol: 'http', call: 'startHttpServer' },
  { routes: option.record(option.callback<Route>()), tls: roadOption.tls },
)
const BAD_REQUEST = 'HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'
const MOST_KEPT = 1_048_576
