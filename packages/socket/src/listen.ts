/*
 * A server: takes connections, secures them where asked to, and runs a handler for each. What one connection does
 * wrong is reported and stays its own affair.
 */

import {
  formatEndpoint,
  isNetError,
  type CallDefaults,
  type Endpoint,
  type LogOption,
  type Timeout,
  type CloseOptions,
} from '@net/core'
import {
  argument,
  clientContext,
  clock,
  guarded,
  inCall,
  netError,
  option,
  optionsDoor,
  type CallPlace,
  type ClientContext,
  type OptionsDoor,
  type Taken,
} from '@net/core/authoring'

import { parseSocketUrl } from './address.ts'
import { takeGrace } from './call-doors.ts'
import type { Connection } from './connection.ts'
import type { Dialer, TransportListener } from './dialer.ts'
import { foreignListener } from './foreign-listener.ts'
import type { KeepAliveOption } from './keep-alive.ts'
import { roadOption } from './road-options.ts'
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
  readonly signal?: AbortSignal | undefined
  /** Limits of the attempt to listen, in milliseconds. */
  readonly timeout?: Timeout | undefined
  /** Certificate and key for `tls://`, and for a later `startTls`. */
  readonly tls?: TlsOptions | undefined
  /** Connections beyond so many are reset. Default 10,000. */
  readonly maxConnections?: number | undefined
  /** Whether to serve a connection; asked before anything is read. Default all. */
  readonly accept?: ((info: ConnectionInfo) => boolean) | undefined
  /** Called with what a handler threw and with failed handshakes. Default: the first error of a handler is a process warning. */
  readonly onError?: ((error: unknown, info: ConnectionInfo) => void) | undefined
  /** The road; default TCP, or a Unix socket for `unix:`. Its dialer must be able to listen. */
  readonly dialer?: Dialer | undefined
  /** Milliseconds of silence before TCP asks whether the peer is still there; false for never. Default 60,000. */
  readonly keepAlive?: KeepAliveOption | undefined
  /** Whether small writes leave at once (TCP_NODELAY). Default true. */
  readonly noDelay?: boolean | undefined
  /** Gets what happens on this server: a sink, or `{ sink, level, protocols, context }`. */
  readonly log?: LogOption | undefined
  /** Limits for the calls of each connection. Default: reads wait 120 s (`idle`), writes 60 s. */
  readonly defaults?: CallDefaults | undefined
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
   * (2,000 ms by default) to finish, then their connections are aborted; a second later it waits no longer. Never rejects.
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
  options?: ListenOptions,
): Promise<ConnectionServer> {
  const taken = listenDoor(options)
  const { endpoint } = inCall(PLACE, () => parseSocketUrl(url))
  inCall(PLACE, () => argument('the handler', option.callback(), handler))
  const { tls, signal, timeout, keepAlive, noDelay } = taken
  // A certificate that cannot be used is found now and not with the first connection.
  if (endpoint.scheme === 'tls') inCall(PLACE, () => serverContext(tls ?? {}))
  const dialer = taken.dialer ?? (endpoint.path === undefined ? tcpDialer() : unixDialer())
  if (dialer.listen === undefined) {
    throw netError('NET_UNSUPPORTED', { message: `the dialer ${dialer.name} cannot listen` })
  }
  const client = clientContext(taken)
  const road = { signal, timeout, keepAlive, noDelay, client }
  const listener = foreignListener(dialer.name, await dialer.listen(endpoint, road))
  return new RunningServer({ listener, handler, options: taken, client })
}

interface ServerParts {
  readonly listener: TransportListener
  readonly handler: ConnectionHandler
  readonly options: Taken<ListenOptions>
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
  /** Ends handshakes, to which transports have handed their sockets over. */
  readonly #cut = new AbortController()
  readonly #done: (value: undefined) => void
  #closing: Promise<void> | undefined

  constructor(parts: ServerParts) {
    const { listener, options } = parts
    this.#parts = parts
    this.address = listener.address
    const { maxConnections = MAX_CONNECTIONS, onError } = options
    this.#max = maxConnections
    this.#defaults = connectionDefaults(options.defaults)
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
    this.#closing ??= this.#close(takeGrace(options))
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
        if (this.#closing !== undefined) return
        this.#report(error, { endpoint: this.address, hops: [], encrypted: false })
        // A listener that fails again and again must not keep everybody else from their turn.
        await new Promise((turn) => setImmediate(turn))
      }
    }
  }

  #admit(transport: Transport): void {
    const full = this.#serving.size >= this.#max
    if (full || this.#closing !== undefined || !this.#isWelcome(transport)) {
      transport.abort()
      return
    }
    const served = this.#serve(transport).finally(() => this.#serving.delete(transport))
    this.#serving.set(transport, served)
  }

  /** A connection that `accept` has no word on is not served. */
  #isWelcome({ info }: Transport): boolean {
    const { accept } = this.#parts.options
    if (accept === undefined) return true
    try {
      return argument('what accept returns', option.flag, accept(info))
    } catch (error) {
      this.#report(error, info)
      return false
    }
  }

  async #serve(accepted: Transport): Promise<void> {
    let connection: StreamConnection | undefined
    try {
      connection = await this.#open(accepted)
      this.connections.add(connection)
      await this.#parts.handler(connection)
    } catch (error) {
      // An orderly end would pass off what was sent so far as the whole.
      if (connection === undefined) accepted.abort(error)
      else connection.abort(error)
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
    const { tls } = options
    const { signal } = this.#cut
    const transport =
      this.address.scheme === 'tls'
        ? await secureServer(accepted, tls ?? {}, { client, signal })
        : accepted
    return new StreamConnection(transport, {
      client,
      side: 'server',
      defaults: this.#defaults,
      tls,
    })
  }

  async #close(grace: number): Promise<void> {
    // A listener or a handler that does not end is left behind.
    const { promise: left, resolve: leave } = Promise.withResolvers<void>()
    const last = clock().after(grace + SETTLING, leave)
    const closed = this.#parts.listener.close()
    for (const connection of this.connections) {
      if (connection.idle) void connection.close({ grace })
    }
    const cut = clock().after(grace, () => {
      this.#cut.abort()
      for (const transport of this.#serving.keys()) transport.abort()
      for (const connection of this.connections) connection.abort()
    })
    await Promise.race([closed, left])
    await Promise.race([Promise.allSettled(this.#serving.values()), left])
    cut.clear()
    last.clear()
    this.#done(undefined)
  }
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
  const timeout = given?.timeout
  const limits = typeof timeout === 'number' ? { total: timeout } : timeout
  return { ...given, timeout: { idle: IDLE, ...limits } }
}

const PLACE: CallPlace = { protocol: 'socket', call: 'listen' }
const MAX_CONNECTIONS = 10_000
const IDLE = 120_000
/** How long handlers whose connections were aborted may take to end. */
const SETTLING = 1000

const listenDoor: OptionsDoor<ListenOptions> = optionsDoor<ListenOptions>(
  PLACE,
  {
    signal: option.signal,
    timeout: option.timeout,
    tls: roadOption.tls,
    maxConnections: option.size,
    accept: option.callback(),
    onError: option.callback(),
    dialer: roadOption.dialer,
    keepAlive: roadOption.keepAlive,
    noDelay: option.flag,
    log: option.log,
    defaults: option.defaults,
  },
  { connections: 'maxConnections', backlog: 'maxConnections' },
)
