/*
 * A server: takes connections, secures them where asked to, and runs a handler for each. What one connection does
 * wrong is reported and stays its own affair.
 */

import {
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
  type Shape,
  type Taken,
} from '@net/core/authoring'

import { parseSocketUrl, urlOf } from './address.ts'
import { takeGrace } from './call-doors.ts'
import type { Connection } from './connection.ts'
import { bindShapes, type Dialer, type TransportListener } from './dialer.ts'
import { foreignListener } from './foreign-listener.ts'
import { promised } from './handled.ts'
import type { KeepAliveOption } from './keep-alive.ts'
import { acceptProxied, TrustedProxies } from './proxy/proxy-protocol.ts'
import { roadOption } from './road-options.ts'
import { StreamConnection, type ConnectionOptions } from './stream-connection.ts'
import { tcpDialer } from './tcp-dialer.ts'
import { serverTls, type ServerTls } from './tls/options.ts'
import { secureServer } from './tls/secure.ts'
import { serverIdentities } from './tls/server-identity.ts'
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
  /** Certificate and key for `tls://`, and for a later `startTls`; a list of such is chosen from by SNI, the first for other names. */
  readonly tls?: ServerTls | undefined
  /** How many connections may wait to be accepted, as far as the system allows. Default 511. */
  readonly backlog?: number | undefined
  /** Whether other processes may listen at the same port, among which the system shares the connections out (SO_REUSEPORT). Default false. */
  readonly reusePort?: boolean | undefined
  /** Whether `[::]` takes connections over IPv6 alone. Default false: those over IPv4 as well, where the system can. */
  readonly ipv6Only?: boolean | undefined
  /** The permissions of a Unix socket's file, such as 0o600; by default the umask decides. */
  readonly mode?: number | undefined
  /**
   * The addresses and networks of proxies, such as `['10.0.0.0/8']`, whose connections must begin with a PROXY header (version 1 or 2):
   * what it says is in `info`, with the proxy in `info.hops`. `'unix'` stands for all that come over a Unix socket. Of all others no
   * header is read. Default none.
   */
  readonly proxyProtocol?: readonly string[] | undefined
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
  /** Where it listens, as `connect` takes it; of several addresses the first. */
  readonly url: string
  /** The same of all addresses. */
  readonly urls: readonly string[]
  /** Where it listens, with the port that was chosen; of several addresses the first. */
  readonly address: Endpoint
  /** All addresses. */
  readonly addresses: readonly Endpoint[]
  /** The connections that are being served. */
  readonly connections: ReadonlySet<Connection>
  /** Settles once it is closed; never rejects. */
  readonly closed: Promise<undefined>
  /**
   * Goes on with other certificates, such as renewed ones: connections from here on have them, those that are open keep theirs. Rejects
   * with `NET_BAD_OPTION` or `NET_CREDENTIAL_INVALID`, and then goes on with the old ones.
   */
  useTls(tls: ServerTls): Promise<void>
  /**
   * Takes no more connections and closes those that only wait for their peer; handlers that are at work have `grace`
   * (2,000 ms by default) to finish, then their connections are aborted; a second later it waits no longer. Never rejects.
   */
  close(options?: CloseOptions): Promise<void>
}

/**
 * Listens at `tcp://host:port`, `tls://host:port` or `unix:/path`, or at all addresses of a list; port 0 chooses a free
 * one. The file of a Unix socket on which nobody listens any more is replaced. Every connection has a handshake limit of
 * 10 s. Rejects with `NET_BIND_IN_USE`, `NET_BIND_DENIED` or `NET_BAD_OPTION`.
 */
export async function listen(
  url: string | URL | readonly (string | URL)[],
  handler: ConnectionHandler,
  options?: ListenOptions,
): Promise<ConnectionServer> {
  const taken = listenDoor(options)
  const endpoints = inCall(PLACE, () =>
    [argument('the URL', urls, url)].flat().map((each) => parseSocketUrl(each).endpoint),
  )
  inCall(PLACE, () => argument('the handler', option.callback(), handler))
  const { tls, signal } = taken
  // A certificate that cannot be used is found now and not with the first connection.
  if (endpoints.some(isSecure)) {
    await serverIdentities(tls ?? {}, { signal }).catch((error: unknown) =>
      inCall(PLACE, () => {
        throw error
      }),
    )
  }
  const proxies = inCall(
    PLACE,
    () => taken.proxyProtocol && new TrustedProxies(taken.proxyProtocol),
  )
  const client = clientContext(taken)
  const listeners = await listenAtAll(endpoints, taken, client)
  return new RunningServer({ listeners, handler, options: taken, client, proxies })
}

/** All of them or none. */
async function listenAtAll(
  endpoints: readonly Endpoint[],
  options: Taken<ListenOptions>,
  client: ClientContext,
): Promise<Listeners> {
  const opened: TransportListener[] = []
  try {
    for (const each of endpoints) opened.push(await listenAt(each, options, client))
  } catch (error) {
    for (const listener of opened) await listener.close()
    throw error
  }
  const [first, ...others] = opened
  if (first !== undefined) return [first, ...others]
  throw netError('NET_BAD_OPTION', { message: 'the list of URLs is empty' })
}

async function listenAt(
  endpoint: Endpoint,
  options: Taken<ListenOptions>,
  client: ClientContext,
): Promise<TransportListener> {
  const dialer = options.dialer ?? (endpoint.path === undefined ? tcpDialer() : unixDialer())
  if (dialer.listen === undefined) {
    throw netError('NET_UNSUPPORTED', { message: `the dialer ${dialer.name} cannot listen` })
  }
  const { signal, timeout, keepAlive, noDelay, backlog, reusePort, ipv6Only, mode } = options
  const road = { signal, timeout, keepAlive, noDelay, client }
  const binding = { backlog, reusePort, ipv6Only, mode }
  return foreignListener(dialer.name, await dialer.listen(endpoint, { ...road, ...binding }))
}

function isSecure({ scheme }: Endpoint): boolean {
  return scheme === 'tls'
}

type Listeners = readonly [TransportListener, ...TransportListener[]]

interface ServerParts {
  readonly listeners: Listeners
  readonly handler: ConnectionHandler
  readonly options: Taken<ListenOptions>
  readonly client: ClientContext
  readonly proxies: TrustedProxies | undefined
}

class RunningServer implements ConnectionServer {
  readonly address: Endpoint
  readonly addresses: readonly Endpoint[]
  readonly closed: Promise<undefined>
  readonly connections = new Set<StreamConnection>()
  readonly #parts: ServerParts
  readonly #max: number
  readonly #report: (error: unknown, info: ConnectionInfo) => void
  readonly #serving = new Set<Transport>()
  #empty: PromiseWithResolvers<void> | undefined
  /** Ends handshakes, to which transports have handed their sockets over. */
  readonly #cut = new AbortController()
  readonly #done: (value: undefined) => void
  #closing: Promise<void> | undefined
  #connectionOptions: ConnectionOptions & { readonly tls: ServerTls }
  readonly #proxies: TrustedProxies | undefined

  constructor(parts: ServerParts) {
    const { listeners, options } = parts
    this.#parts = parts
    this.addresses = Object.freeze(listeners.map(({ address }) => address))
    this.address = listeners[0].address
    this.#connectionOptions = {
      client: parts.client,
      side: 'server',
      defaults: connectionDefaults(options.defaults),
      tls: options.tls ?? {},
    }
    this.#proxies = parts.proxies
    const { maxConnections = MAX_CONNECTIONS, onError } = options
    this.#max = maxConnections
    this.#report = onError === undefined ? quietly() : guarded('onError', onError)
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.closed = promise
    this.#done = resolve
    for (const listener of listeners) void this.#run(listener)
  }

  get url(): string {
    return urlOf(this.address)
  }

  get urls(): readonly string[] {
    return this.addresses.map(urlOf)
  }

  async useTls(tls: ServerTls): Promise<void> {
    const taken = inCall({ ...PLACE, call: 'useTls' }, () => serverTls.take(tls, 'tls'))
    await serverIdentities(taken, {})
    this.#connectionOptions = { ...this.#connectionOptions, tls: taken }
  }

  close(options?: CloseOptions): Promise<void> {
    this.#closing ??= this.#close(takeGrace(options))
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #run(listener: TransportListener): Promise<void> {
    const { address } = listener
    for (;;) {
      try {
        const transport = await listener.accept()
        if (transport === null) return
        this.#admit(transport, address)
      } catch (error) {
        if (this.#closing !== undefined) return
        this.#report(error, { endpoint: address, hops: [], encrypted: false })
        // A listener that fails again and again must not keep everybody else from their turn.
        await new Promise((turn) => setImmediate(turn))
      }
    }
  }

  #admit(transport: Transport, address: Endpoint): void {
    const full = this.#serving.size >= this.#max
    if (full || this.#closing !== undefined || !this.#isWelcome(transport)) {
      transport.abort()
      return
    }
    this.#serving.add(transport)
    this.#open(transport, address).then(
      (connection) => this.#serve(transport, connection),
      (error: unknown) => {
        transport.abort(error)
        this.#failed(error, transport)
        this.#served(transport)
      },
    )
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

  /** Callbacks, as a function that waits would hold three times as much for each of thousands that are idle. */
  #serve(accepted: Transport, connection: StreamConnection): void {
    this.connections.add(connection)
    const over = (): void =>
      void connection.close().then(() => {
        this.connections.delete(connection)
        this.#served(accepted)
      })
    promised(() => this.#parts.handler(connection)).then(over, (error: unknown) => {
      // An orderly end would pass off what was sent so far as the whole.
      connection.abort(error)
      this.#failed(error, accepted)
      over()
    })
  }

  #failed(error: unknown, { info }: Transport): void {
    if (this.#closing === undefined) this.#report(error, info)
  }

  #served(accepted: Transport): void {
    this.#serving.delete(accepted)
    if (this.#serving.size === 0) this.#empty?.resolve()
  }

  async #open(accepted: Transport, address: Endpoint): Promise<StreamConnection> {
    const options = this.#connectionOptions
    const { tls } = options
    const road = { client: this.#parts.client, signal: this.#cut.signal }
    const plain = this.#proxies?.has(accepted.info) ? await acceptProxied(accepted, road) : accepted
    const transport = isSecure(address) ? await secureServer(plain, tls, road) : plain
    return new StreamConnection(transport, options)
  }

  async #close(grace: number): Promise<void> {
    // A listener or a handler that does not end is left behind.
    const { promise: left, resolve: leave } = Promise.withResolvers<void>()
    const last = clock().after(grace + SETTLING, leave)
    const closed = Promise.all(this.#parts.listeners.map((listener) => listener.close()))
    for (const connection of this.connections) {
      if (connection.idle) void connection.close({ grace })
    }
    const cut = clock().after(grace, () => {
      this.#cut.abort()
      for (const transport of this.#serving) transport.abort()
      for (const connection of this.connections) connection.abort()
    })
    await Promise.race([closed, left])
    this.#empty = Promise.withResolvers()
    if (this.#serving.size === 0) this.#empty.resolve()
    await Promise.race([this.#empty.promise, left])
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
const urls: Shape<string | URL | readonly (string | URL)[]> = option.oneOrMore(option.url)
const MAX_CONNECTIONS = 10_000
const IDLE = 120_000
/** How long handlers whose connections were aborted may take to end. */
const SETTLING = 1000

const listenDoor: OptionsDoor<ListenOptions> = optionsDoor<ListenOptions>(
  PLACE,
  {
    signal: option.signal,
    timeout: option.timeout,
    tls: serverTls,
    ...bindShapes,
    proxyProtocol: option.list(option.text),
    maxConnections: option.size,
    accept: option.callback(),
    onError: option.callback(),
    dialer: roadOption.dialer,
    keepAlive: roadOption.keepAlive,
    noDelay: option.flag,
    log: option.log,
    defaults: option.defaults,
  },
  { connections: 'maxConnections', permissions: 'mode' },
)
