/*
 * From a URL to a Connection: dialed over the road that was asked for, and secured where the scheme says so. One
 * operation; the dial and the handshake are operations within it.
 */

import {
  formatEndpoint,
  type CallDefaults,
  type CallOptions,
  type Endpoint,
  type LogOption,
} from '@net/core'
import {
  clientContext,
  inCall,
  operation,
  option,
  optionsDoor,
  type CallPlace,
  type ClientContext,
  type Operation,
  type OptionsDoor,
  type Taken,
} from '@net/core/authoring'

import { parseSocketUrl } from './address.ts'
import type { BlockOption } from './admit.ts'
import type { Connection } from './connection.ts'
import type { Dialer } from './dialer.ts'
import type { KeepAliveOption } from './keep-alive.ts'
import { chooseRoad, type ProxyOption } from './proxy/choose.ts'
import { roadOption, socketShapes } from './road-options.ts'
import { overTransport } from './stream-connection.ts'
import type { TlsOptions } from './tls/options.ts'
import { secure } from './tls/secure.ts'

/** Options of `connect`. `timeout` limits connecting; limits for later calls are `defaults`. */
export interface ConnectOptions extends CallOptions {
  /** The road; default TCP, or a Unix socket for `unix:`. Excludes `proxy`. */
  readonly dialer?: Dialer | undefined
  /** A proxy, or a chain of them, nearest first; `'environment'` for what ALL_PROXY says. Default false. */
  readonly proxy?: ProxyOption | undefined
  /** `'private'` lets addresses of the public internet pass and no others: else `NET_ADDRESS_BLOCKED`. Default none. */
  readonly block?: BlockOption | undefined
  /** For `tls://`, and for a later `startTls`. */
  readonly tls?: TlsOptions | undefined
  /** The IP address from which to connect. */
  readonly localAddress?: string | undefined
  /** The port from which to connect; by default the system chooses. */
  readonly localPort?: number | undefined
  /** Milliseconds of silence before TCP asks whether the peer is still there; false for never. Default 60,000. */
  readonly keepAlive?: KeepAliveOption | undefined
  /** Whether small writes leave at once (TCP_NODELAY). Default true. */
  readonly noDelay?: boolean | undefined
  /** Gets what happens on this connection: a sink, or `{ sink, level, protocols, context }`. */
  readonly log?: LogOption | undefined
  /** Limits for the calls of the connection. */
  readonly defaults?: CallDefaults | undefined
}

/**
 * Connects to `tcp://host:port`, `tls://host:port` or `unix:/path`. Kind of call: session; phases resolve, connect,
 * tls. Rejects with NetErrors such as `NET_DNS_NOT_FOUND`, `NET_CONNECT_REFUSED`, `NET_TIMEOUT_CONNECT`, `NET_TLS_CERT_UNTRUSTED`.
 */
export async function connect(url: string | URL, options?: ConnectOptions): Promise<Connection> {
  const taken = connectDoor(options)
  const { endpoint } = inCall(PLACE, () => parseSocketUrl(url))
  const where = formatEndpoint(endpoint)
  const place = { ...PLACE, target: where }
  const { dialer: given, proxy, block } = taken
  const { dialer } = inCall(place, () => chooseRoad({ dialer: given, proxy, block }))
  const client = clientContext(taken)
  const spec = {
    protocol: endpoint.scheme,
    operation: 'connect',
    target: where,
    endpoint: where,
    kind: 'session',
    client,
  } as const
  return operation(spec, taken, (op) =>
    op.attempt(() => open(endpoint, taken, { client, dialer }, op)),
  )
}

async function open(
  endpoint: Endpoint,
  options: Taken<ConnectOptions>,
  { client, dialer }: { readonly client: ClientContext; readonly dialer: Dialer },
  op: Operation,
): Promise<Connection> {
  const { localAddress, localPort, keepAlive, noDelay, tls } = options
  const sockets = { localAddress, localPort, keepAlive, noDelay }
  const plain = await dialer.dial(endpoint, { ...sockets, ...op.within })
  const transport = endpoint.scheme === 'tls' ? await secure(plain, tls, op.within) : plain
  return overTransport(transport, { client, defaults: client.defaults, tls })
}

const PLACE: CallPlace = { protocol: 'socket', call: 'connect' }

const connectDoor: OptionsDoor<ConnectOptions> = optionsDoor<ConnectOptions>(
  PLACE,
  {
    ...option.perCall,
    ...roadOption,
    ...socketShapes,
    log: option.log,
    defaults: option.defaults,
  },
  {
    host: 'the URL, as in tcp://host:80',
    hostname: 'the URL, as in tcp://host:80',
    port: 'the URL, as in tcp://host:80',
  },
)
