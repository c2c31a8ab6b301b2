/*
 * From a URL to a Connection: dialed over the road that was asked for, and secured where the scheme says so. One
 * operation; the dial and the handshake are operations within it.
 */

import {
  formatEndpoint,
  parseEndpoint,
  type CallDefaults,
  type CallOptions,
  type Endpoint,
  type NetEventListener,
} from '@net/core'
import {
  guarded,
  merge,
  nextId,
  operation,
  own,
  type ClientContext,
  type Operation,
} from '@net/core/authoring'

import type { BlockOption } from './admit.ts'
import type { Connection } from './connection.ts'
import type { Dialer, DialOptions } from './dialer.ts'
import type { KeepAliveOption } from './keep-alive.ts'
import { chooseRoad, type ProxyOption } from './proxy/choose.ts'
import { overTransport } from './stream-connection.ts'
import type { TlsOptions } from './tls/options.ts'
import { secure } from './tls/secure.ts'

/** Options of `connect`. `timeout` limits connecting; limits for later calls are `defaults`. */
export interface ConnectOptions extends CallOptions {
  /** The road; default TCP, or a Unix socket for `unix:`. Excludes `proxy`. */
  readonly dialer?: Dialer
  /** A proxy, or a chain of them, nearest first; `'environment'` for what ALL_PROXY says. Default false. */
  readonly proxy?: ProxyOption
  /** `'private'` lets addresses of the public internet pass and no others: else `NET_ADDRESS_BLOCKED`. Default none. */
  readonly block?: BlockOption
  /** For `tls://`, and for a later `startTls`. */
  readonly tls?: TlsOptions
  /** The IP address from which to connect. */
  readonly localAddress?: string
  /** The port from which to connect; by default the system chooses. */
  readonly localPort?: number
  /** Milliseconds of silence before TCP asks whether the peer is still there; false for never. Default 60,000. */
  readonly keepAlive?: KeepAliveOption
  /** Whether small writes leave at once (TCP_NODELAY). Default true. */
  readonly noDelay?: boolean
  /** Called with every event of this connection. */
  readonly log?: NetEventListener
  /** Limits for the calls of the connection. */
  readonly defaults?: CallDefaults
}

/**
 * Connects to `tcp://host:port`, `tls://host:port` or `unix:/path`. Kind of call: session; phases resolve, connect,
 * tls. Rejects with NetErrors such as `NET_DNS_NOT_FOUND`, `NET_CONNECT_REFUSED`, `NET_TIMEOUT_CONNECT`, `NET_TLS_CERT_UNTRUSTED`.
 */
export async function connect(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<Connection> {
  const { endpoint } = parseEndpoint(url, { schemes: ['tcp', 'tls', 'unix'] })
  const where = formatEndpoint(endpoint)
  const { dialer } = chooseRoad(options)
  const client = clientOf(options)
  const spec = {
    protocol: endpoint.scheme,
    operation: 'connect',
    target: where,
    endpoint: where,
    kind: 'session',
    client,
  } as const
  return operation(spec, options, (op) =>
    op.attempt(() => open(endpoint, options, { client, dialer }, op)),
  )
}

async function open(
  endpoint: Endpoint,
  options: ConnectOptions,
  { client, dialer }: { readonly client: ClientContext; readonly dialer: Dialer },
  op: Operation,
): Promise<Connection> {
  const { defaults } = client
  const tls = own(options, 'tls')
  const plain = await dialer.dial(endpoint, { ...socketOptions(options), ...op.within })
  const transport = endpoint.scheme === 'tls' ? await secure(plain, tls, op.within) : plain
  return overTransport(transport, {
    client,
    ...(defaults === undefined ? {} : { defaults }),
    ...(tls === undefined ? {} : { tls }),
  })
}

function clientOf(options: ConnectOptions): ClientContext {
  const log = own(options, 'log')
  const defaults = own(options, 'defaults')
  return {
    id: nextId(),
    ...(log === undefined ? {} : { log: guarded('log', log) }),
    ...(defaults === undefined ? {} : { defaults }),
  }
}

function socketOptions(options: ConnectOptions): DialOptions {
  const { localAddress, localPort, keepAlive, noDelay } = merge<ConnectOptions>(options)
  return {
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(localPort === undefined ? {} : { localPort }),
    ...(keepAlive === undefined ? {} : { keepAlive }),
    ...(noDelay === undefined ? {} : { noDelay }),
  }
}
