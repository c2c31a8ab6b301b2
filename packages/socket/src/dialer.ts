/*
 * How to reach an endpoint, as a value: code that takes a Dialer works over every road without knowing which.
 * A dialer never speaks TLS to the endpoint itself; that is the work of `secure`.
 */

import type { Endpoint, Timeout } from '@net/core'
import {
  option,
  optionsDoor,
  type ClientContext,
  type OptionsDoor,
  type OptionTable,
  type Shape,
  type Taken,
} from '@net/core/authoring'

import { keepAlive, type KeepAliveOption } from './keep-alive.ts'
import type { ResolvedAddress } from './resolver.ts'
import type { Transport } from './transport.ts'

/** Makes connected transports. */
export interface Dialer {
  /** What it is, such as `tcp`, `unix` or `socks5`. */
  readonly name: string
  /** Connects; one operation of its own, called `dial`. Rejects with a NetError and leaves nothing behind then. */
  dial(endpoint: Endpoint, options?: DialOptions): Promise<Transport>
  /** Waits for connections at the endpoint; port 0 chooses a free one. Absent where the road has no such thing. */
  listen?(endpoint: Endpoint, options?: BindOptions): Promise<TransportListener>
}

/** Options of one dial. A dialer leaves out what its road does not have. */
export interface DialOptions {
  /** Aborting it ends the dial with an AbortError. */
  readonly signal?: AbortSignal | undefined
  /** Limits in milliseconds; `resolve` and `connect` are 10 s by default, a number limits the dial as a whole. */
  readonly timeout?: Timeout | undefined
  /** The operation for which this is done. */
  readonly parent?: number | undefined
  /** The client for which this is done; it has the log. */
  readonly client?: ClientContext | undefined
  /** The IP address from which to connect; addresses of the other family are not tried. */
  readonly localAddress?: string | undefined
  /** The port from which to connect; by default the system chooses. */
  readonly localPort?: number | undefined
  /** Milliseconds of silence before TCP asks whether the peer is still there; false for never. Default 60,000. */
  readonly keepAlive?: KeepAliveOption | undefined
  /** Whether small writes leave at once (TCP_NODELAY). Default true. */
  readonly noDelay?: boolean | undefined
  /** Asked for every address just before it is connected to; false makes it `NET_ADDRESS_BLOCKED`. */
  readonly admit?: Admit | undefined
}

/** Options of listening. A dialer leaves out what its road does not have. */
export interface BindOptions extends DialOptions {
  /** How many connections may wait to be accepted, as far as the system allows. Default 511. */
  readonly backlog?: number | undefined
  /** Whether other processes may listen at the same port, among which the system shares the connections out (SO_REUSEPORT). Default false. */
  readonly reusePort?: boolean | undefined
  /** Whether `[::]` takes connections over IPv6 alone; default false: those over IPv4 as well, where the system can. */
  readonly ipv6Only?: boolean | undefined
  /** The permissions of a Unix socket's file, such as 0o600; by default the umask decides. */
  readonly mode?: number | undefined
}

/** A dialer. */
export const dialer: Shape<Dialer> = option.methods<Dialer>('a dialer, such as tcpDialer()', 'dial')

/** The options of one dial or listener, checked. Throws `NET_BAD_OPTION`. */
export function takeDialOptions(options: BindOptions | undefined): Taken<BindOptions> {
  return dialDoor(options)
}

/** Whether an address may be connected to; `endpoint` is what was asked for. */
export type Admit = (address: ResolvedAddress, endpoint: Endpoint) => boolean

/** Takes connections, one after the other. */
export interface TransportListener extends AsyncDisposable {
  /** Where it listens, with the port that was chosen. */
  readonly address: Endpoint
  /** The next connection; null once the listener is closed. */
  accept(): Promise<Transport | null>
  /** Takes no more connections; those made stay open. Connections that were not accepted yet are reset. */
  close(): Promise<void>
}

/** The shapes of what only listeners have. */
export const bindShapes: OptionTable<Omit<BindOptions, keyof DialOptions>> = {
  backlog: option.between(1, 65_535),
  reusePort: option.flag,
  ipv6Only: option.flag,
  mode: option.between(0, 0o777),
}

const dialDoor: OptionsDoor<BindOptions> = optionsDoor<BindOptions>(
  { protocol: 'socket', call: 'dial' },
  {
    signal: option.signal,
    timeout: option.timeout,
    parent: option.anything,
    client: option.anything,
    localAddress: option.text,
    localPort: option.between(0, 65_535),
    keepAlive,
    noDelay: option.flag,
    admit: option.callback(),
    ...bindShapes,
  },
)
