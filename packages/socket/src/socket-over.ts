/*
 * A net.Socket over any road, for drivers that take a socket of the caller's: of databases, brokers and mail. It must not know
 * what is spoken over it.
 */

import type { Socket } from 'node:net'

import { formatEndpoint, type Endpoint, type LogOption, type Timeout } from '@net/core'
import {
  argument,
  clientContext,
  inCall,
  operation,
  option,
  optionsDoor,
  type ClientContext,
  type Operation,
  type OptionsDoor,
} from '@net/core/authoring'

import { parseSocketUrl } from './address.ts'
import { dialer as isDialer, type Dialer } from './dialer.ts'
import { foreignDialer } from './foreign-dialer.ts'
import { NodeSocket } from './node-socket.ts'
import { PendingTransport } from './pending-transport.ts'
import { tlsOptions, type TlsOptions } from './tls/options.ts'
import { secure } from './tls/secure.ts'
import type { Transport } from './transport.ts'

/** Options of `socketOver`. */
export interface SocketOverOptions {
  /** Aborting it ends the connecting, and destroys the socket with an AbortError. */
  readonly signal?: AbortSignal | undefined
  /** Limits of connecting, in milliseconds. */
  readonly timeout?: Timeout | undefined
  /** For `tls://`. */
  readonly tls?: TlsOptions | undefined
  /** Gets what happens: a sink, or `{ sink, level, protocols, context }`. */
  readonly log?: LogOption | undefined
}

/**
 * A socket that connects over the dialer to `tcp://host:port`, `tls://host:port` or `unix:/path`, as `net.connect` does it: it
 * emits 'connect' when it has, and 'error', with a NetError, if it cannot. What is written before waits. A driver that calls
 * `connect()` on it is told of this connection, whatever address it gives. One socket is one connection: drivers that connect
 * again take a function, `() => socketOver(dialer, url)`. Throws `NET_BAD_URL` or `NET_BAD_OPTION`.
 */
export function socketOver(dialer: Dialer, url: string | URL, options?: SocketOverOptions): Socket {
  const place = { protocol: 'socket', call: 'socketOver' }
  const taken = socketDoor(options)
  const endpoint = inCall(place, () => {
    argument('the dialer', isDialer, dialer)
    return parseSocketUrl(url).endpoint
  })
  const { signal, timeout, tls } = taken
  const client = clientContext(taken)
  return socketOn({ dialer: foreignDialer(dialer), endpoint, tls, client }, { signal, timeout })
}

/** A socket that connects over the road. */
export function socketOn(
  road: Road,
  { signal, timeout }: Pick<SocketOverOptions, 'signal' | 'timeout'>,
): Socket {
  const stopping = new AbortController()
  const signals =
    signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal])
  const coming = roadTo(road, { signal: signals, timeout })
  const transport = new PendingTransport(road.endpoint, coming, (reason) => stopping.abort(reason))
  return new NodeSocket(transport, { connected: transport.connected })
}

/** Where a road leads, and over what. */
interface Road {
  readonly dialer: Dialer
  readonly endpoint: Endpoint
  readonly tls: TlsOptions | undefined
  readonly client: ClientContext
}

/** Dials, with TLS where the scheme says so; one operation, called `connect`. */
function roadTo(
  { dialer, endpoint, tls, client }: Road,
  limits: { readonly signal?: AbortSignal | undefined; readonly timeout?: Timeout | undefined },
): Promise<Transport> {
  const where = formatEndpoint(endpoint)
  const spec = {
    protocol: endpoint.scheme,
    operation: 'connect',
    target: where,
    endpoint: where,
    kind: 'session',
    client,
  } as const
  const open = async (op: Operation): Promise<Transport> => {
    const plain = await dialer.dial(endpoint, op.within)
    return endpoint.scheme === 'tls' ? secure(plain, tls, op.within) : plain
  }
  return operation(spec, limits, (op) => op.attempt(() => open(op)))
}

const socketDoor: OptionsDoor<SocketOverOptions> = optionsDoor<SocketOverOptions>(
  { protocol: 'socket', call: 'socketOver' },
  { signal: option.signal, timeout: option.timeout, tls: tlsOptions, log: option.log },
)
