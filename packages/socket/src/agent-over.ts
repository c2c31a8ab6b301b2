/* An Agent of Node's HTTP client over any road, for libraries that take one. It must not know what is asked over it. */

import type { Agent, AgentOptions } from 'node:http'
import type { Duplex } from 'node:stream'

import type { LogOption, Timeout } from '@net/core'
import {
  argument,
  clientContext,
  inCall,
  netError,
  option,
  optionsDoor,
  type OptionsDoor,
} from '@net/core/authoring'

import { dialer as isDialer, type Dialer } from './dialer.ts'
import { foreignDialer } from './foreign-dialer.ts'
import { socketOn } from './socket-over.ts'
import { tlsOptions, type TlsOptions } from './tls/options.ts'

/** Options of `agentOver`. */
export interface AgentOverOptions {
  /** For which URLs it is. Default `'http:'`. */
  readonly protocol?: 'http:' | 'https:' | undefined
  /** For `https:`; what a request says of TLS itself does not count. */
  readonly tls?: TlsOptions | undefined
  /** Limits of connecting, in milliseconds. */
  readonly timeout?: Timeout | undefined
  /** Whether connections are kept for further requests. Default true. */
  readonly keepAlive?: boolean | undefined
  /** How many connections to one host there may be. Default no limit. */
  readonly maxSockets?: number | undefined
  /** Gets what happens: a sink, or `{ sink, level, protocols, context }`. */
  readonly log?: LogOption | undefined
}

/**
 * An `http.Agent` whose connections come from the dialer: `axios.create({ httpAgent: agentOver(dialer) })`. Node wants one for
 * each scheme; that for `https:` verifies certificates as `connect` does. Call its `destroy()` to close what is idle. Throws `NET_BAD_OPTION`.
 */
export function agentOver(dialer: Dialer, options?: AgentOverOptions): Agent {
  const taken = agentDoor(options)
  inCall(PLACE, () => argument('the dialer', isDialer, dialer))
  const { protocol = 'http:', tls, timeout, keepAlive = true, maxSockets = Infinity } = taken
  const client = clientContext(taken)
  const road = foreignDialer(dialer)
  const connect = ({ host, port, servername }: Wanted): Duplex => {
    const scheme = protocol === 'https:' ? 'tls' : 'tcp'
    const endpoint = { scheme, host: plainHost(host), port: Number(port) }
    const named = servername === undefined || servername === '' ? {} : { servername }
    return socketOn({ dialer: road, endpoint, tls: { ...named, ...tls }, client }, { timeout })
  }
  const { Agent: Plain } = process.getBuiltinModule('node:http')
  const agent = new Plain({ keepAlive, maxSockets, scheduling: 'lifo' } satisfies AgentOptions)
  const defaultPort = protocol === 'https:' ? 443 : 80
  // A connection is kept for the name that it was verified for, as an https.Agent keeps it.
  const getName = (wanted: Wanted): string =>
    `${Plain.prototype.getName.call(agent, wanted as never)}:${wanted.servername ?? ''}`
  const own = { protocol, defaultPort, createConnection: connecting(connect), getName }
  return Object.assign(agent, own)
}

/** What Node says of the connection that it wants. */
interface Wanted {
  readonly host?: string | null | undefined
  readonly port?: string | number | null | undefined
  readonly servername?: string | undefined
  readonly path?: string | null | undefined
  readonly socketPath?: string | undefined
}

type Connected = (error: Error | null, socket?: Duplex) => void

/** Gives a socket that is not connected yet, as Node does: it counts what it has, and would make too many otherwise. */
function connecting(connect: (wanted: Wanted) => Duplex) {
  return (wanted: Wanted, connected: Connected): Duplex | undefined => {
    if (wanted.socketPath === undefined) return connect(wanted)
    connected(
      netError('NET_UNSUPPORTED', {
        message: 'the agent has a road of its own; leave socketPath out',
      }),
    )
    return undefined
  }
}

/** Node leaves the brackets of IPv6 where they stand in a URL. */
function plainHost(host: string | null | undefined): string {
  return (host ?? 'localhost').replace(/^\[(.*)\]$/, '$1')
}

const PLACE = { protocol: 'socket', call: 'agentOver' } as const
const agentDoor: OptionsDoor<AgentOverOptions> = optionsDoor<AgentOverOptions>(PLACE, {
  protocol: option.oneOf('http:', 'https:'),
  tls: tlsOptions,
  timeout: option.timeout,
  keepAlive: option.flag,
  maxSockets: option.count,
  log: option.log,
})
