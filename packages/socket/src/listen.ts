/*
 * A server: takes connections, secures them where asked to, and runs a handler for each. What one connection does
 * wrong is reported and stays its own affair.
 */

import {
  formatEndpoint,
  isNetError,
  parseEndpoint,
  type CallDefaults,
  type Endpoint,
  type NetEventListener,
  type Timeout,
} from '@net/core'
import {
  clock,
  guarded,
  merge,
  netError,
  nextId,
  own,
  type ClientContext,
} from '@net/core/authoring'

import type { CloseOptions, Connection } from './connection.ts'
import type { Dialer, DialOptions, TransportListener } from './dialer.ts'
import type { KeepAliveOption } from './keep-alive.ts'
import { StreamConnection } from './stream-connection.ts'
import { tcpDialer } from './tcp-dialer.ts'
import { serverContext } from './tls/context.ts'
import type { TlsOptions } from './tls/options.ts'
import { secureServer } from './tls/secure.ts'
import type { ConnectionInfo, Transport } from './transport.ts'
import { unixDialer } from './unix-dialer.ts'

/** Serves one connection. When it returns, the connection is closed; when it throws, the connection is aborted. */
export type ConnectionHandler = (connection: Connection) => Promise<void> | void

/** Options of `listen`. */
export interface ListenOptions {
  /** Aborting it ends the attempt to listen; a server that listens is ended by `close`. */
  readonly signal?: AbortSignal
  /** Limits of the attempt to listen, in milliseconds. */
  readonly timeout?: Timeout
  /** Certificate and key for `tls://`, and for a later `startTls`. */
  readonly tls?: TlsOptions
  /** Connections beyond so many are reset. Default 10,000. */
  readonly maxConnections?: number
  /** Whether to serve a connection; asked before anything is read. Default all. */
  readonly accept?: (info: ConnectionInfo) => boolean
  /** Called with what a handler threw and with failed handshakes. Default: the first error of a handler is a process warning. */
  readonly onError?: (error: unknown, info: ConnectionInfo) => void
  /** The road; default TCP, or a Unix socket for `unix:`. Its dialer must be able to listen. */
  readonly dialer?: Dialer
  /** Milliseconds of silence before TCP asks whether the peer is still there; false for never. Default 60,000. */
  readonly keepAlive?: KeepAliveOption
  /** Whether small writes leave at once (TCP_NODELAY). Default true. */
  readonly noDelay?: boolean
  /** Called with every event of this server. */
  readonly log?: NetEventListener
  /** Limits for the calls of each connection. Default: reads wait 120 s (`idle`), writes 60 s. */
  readonly defaults?: CallDefaults
}

/** A server that listens. */
export interface ConnectionServer extends AsyncDisposable {
  /** Where it listens, as `connect` takes it. */
  readonly url: string
  /** Where it listens, with the port that was chosen. */
  readonly address: Endpoint
  /** The connections that are being served. */
  readonly connections: ReadonlySet<Connection>
  /** Settles once it is closed; never rejects. */
  readonly closed: Promise<undefined>
  /**
   * Takes no more connections and closes those that only wait for their peer; handlers that are at work have `grace`
   * (2,000 ms by default) to finish, then their connections are aborted. Never rejects.
   */
  close(options?: CloseOptions): Promise<void>
}

/**
 * Listens at `tcp://host:port`, `tls://host:port` or `unix:/path`; port 0 chooses a free one. Every connection has
 * a handshake limit of 10 s. Rejects with `NET_BIND_IN_USE`, `NET_BIND_DENIED` or `NET_BAD_OPTION`.
 */
export async function listen(
  url: string | URL,
  handler: ConnectionHandler,
  options: ListenOptions = {},
): Promise<ConnectionServer> {
  const { endpoint } = parseEndpoint(url, { schemes: ['tcp', 'tls', 'unix'] })
  // A certificate that cannot be used is found now and not with the first connection.
  if (endpoint.scheme === 'tls') serverContext(own(options, 'tls') ?? {})
  const dialer =
    own(options, 'dialer') ?? (endpoint.path === undefined ? tcpDialer() : unixDialer())
  if (dialer.listen === undefined) {
    throw netError('NET_UNSUPPORTED', { message: `the dialer ${dialer.name} cannot listen` })
  }
  const log = own(options, 'log')
  const client = { id: nextId(), ...(log === undefined ? {} : { log: guarded('log', log) }) }
  const listener = await dialer.listen(endpoint, { ...listenerOptions(options), client })
  return new RunningServer({ listener, handler, options, client })
}

interface ServerParts {
  readonly listener: TransportListener
  readonly handler: ConnectionHandler
  readonly options: ListenOptions
  readonly client: ClientContext
}

class RunningServer implements ConnectionServer {
  readonly address: Endpoint
  readonly closed: Promise<undefined>
  readonly connections = new Set<StreamConnection>()
  readonly #parts: ServerParts
  readonly #defaults: CallDefaults
  readonly #max: number
  readonly #report: (error: unknown, info: ConnectionInfo) => void
  readonly #serving = new Map<Transport, Promise<void>>()
  readonly #done: (value: undefined) => void
  #closing: Promise<void> | undefined

  constructor(parts: ServerParts) {
    const { listener, options } = parts
    this.#parts = parts
    this.address = listener.address
    this.#max = own(options, 'maxConnections') ?? MAX_CONNECTIONS
    this.#defaults = connectionDefaults(own(options, 'defaults'))
    const onError = own(options, 'onError')
    this.#report = onError === undefined ? quietly() : guarded('onError', onError)
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.closed = promise
    this.#done = resolve
    void this.#run()
  }

  get url(): string {
    const { scheme, path } = this.address
    return path === undefined ? `${scheme}://${formatEndpoint(this.address)}` : `unix:${path}`
  }

  close(options?: CloseOptions): Promise<void> {
    this.#closing ??= this.#close(own(options, 'grace') ?? GRACE)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #run(): Promise<void> {
    const { listener } = this.#parts
    for (;;) {
      try {
        const transport = await listener.accept()
        if (transport === null) return
        this.#admit(transport)
      } catch (error) {
        this.#report(error, { endpoint: this.address, hops: [], encrypted: false })
      }
    }
  }

  #admit(transport: Transport): void {
    const accept = own(this.#parts.options, 'accept')
    const full = this.#serving.size >= this.#max
    if (full || this.#closing !== undefined || !isWelcome(accept, transport.info)) {
      transport.abort()
      return
    }
    const served = this.#serve(transport).finally(() => this.#serving.delete(transport))
    this.#serving.set(transport, served)
  }

  async #serve(accepted: Transport): Promise<void> {
    let connection: StreamConnection | undefined
    try {
      connection = await this.#open(accepted)
      this.connections.add(connection)
      await this.#parts.handler(connection)
    } catch (error) {
      // An orderly end would pass off what was sent so far as the whole.
      connection?.abort(error)
      if (this.#closing === undefined) this.#report(error, accepted.info)
    } finally {
      if (connection !== undefined) {
        await connection.close()
        this.connections.delete(connection)
      }
    }
  }

  async #open(accepted: Transport): Promise<StreamConnection> {
    const { options, client } = this.#parts
    const tls = own(options, 'tls')
    const transport =
      this.address.scheme === 'tls' ? await secureServer(accepted, tls ?? {}, { client }) : accepted
    return new StreamConnection(transport, {
      client,
      side: 'server',
      defaults: this.#defaults,
      ...(tls === undefined ? {} : { tls }),
    })
  }

  async #close(grace: number): Promise<void> {
    await this.#parts.listener.close()
    for (const connection of this.connections) {
      if (connection.idle) void connection.close({ grace })
    }
    const cut = clock().after(grace, () => {
      for (const transport of this.#serving.keys()) transport.abort()
      for (const connection of this.connections) connection.abort()
    })
    await Promise.allSettled(this.#serving.values())
    cut.clear()
    this.#done(undefined)
  }
}

function isWelcome(accept: ListenOptions['accept'], info: ConnectionInfo): boolean {
  return accept === undefined || accept(info)
}

/** Without `onError`, errors of ours stay in the events; a handler's own are too likely to be a mistake. */
function quietly(): (error: unknown, info: ConnectionInfo) => void {
  const warn = guarded('the handler of a listener', (error: unknown) => {
    throw error
  })
  return (error) => {
    if (!isNetError(error)) warn(error)
  }
}

function connectionDefaults(given: CallDefaults | undefined): CallDefaults {
  const timeout = own(given, 'timeout')
  const limits = typeof timeout === 'number' ? { total: timeout } : timeout
  return { ...given, timeout: { idle: IDLE, ...limits } }
}

function listenerOptions(options: ListenOptions): DialOptions {
  const { signal, timeout, keepAlive, noDelay } = merge<ListenOptions>(options)
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(keepAlive === undefined ? {} : { keepAlive }),
    ...(noDelay === undefined ? {} : { noDelay }),
  }
}

const MAX_CONNECTIONS = 10_000
const IDLE = 120_000
const GRACE = 2000
