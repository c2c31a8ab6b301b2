/* The three kinds of tunnels: from here to there, from there to here, and to wherever a client of SOCKS wants. */

import { formatEndpoint, isNetError, parseEndpoint, type Endpoint } from '@net/core'
import type { ClientContext, Operation } from '@net/core/authoring'
import { tcpDialer, unixDialer, type Connection, type Dialer } from '@net/socket'
import { SocksServerHalf, type SocksOutcome } from '@net/socket/authoring'

import { dialFor, type TunnelPlan } from './tunnel.ts'

/** Where a tunnel begins or ends: `host:port`, or `unix:/path`. Throws `NET_BAD_URL`. */
export function tunnelEnd(text: string): Endpoint {
  return parseEndpoint(text, { schemes: ['tcp', 'unix'] }).endpoint
}

/** The road through the SSH server, and the client that has it. */
export interface ForwardRoad {
  readonly ssh: Dialer
  readonly client: ClientContext
}

/** Connections that come here go on from the SSH server. */
export function localForward(
  at: Endpoint,
  target: Endpoint,
  { ssh, client }: ForwardRoad,
): TunnelPlan {
  const name = formatEndpoint(target)
  return { at, name, client, lead: (_, op) => dialFor(ssh, target, op) }
}

/** Connections that come to the SSH server go on from here. */
export function remoteForward(
  at: Endpoint,
  target: Endpoint,
  { ssh, client }: ForwardRoad,
): TunnelPlan {
  const dialer = target.path === undefined ? tcpDialer() : unixDialer()
  const name = formatEndpoint(target)
  return { at, name, client, listenOn: ssh, lead: (_, op) => dialFor(dialer, target, op) }
}

/** Connections that come here say where they want to go (SOCKS 5, 4 and 4a), from the SSH server on. */
export function dynamicForward(at: Endpoint, { ssh, client }: ForwardRoad): TunnelPlan {
  return { at, name: 'SOCKS', client, lead: (connection, op) => leadSocks(connection, ssh, op) }
}

async function leadSocks(
  connection: Connection,
  ssh: Dialer,
  op: Operation,
): Promise<Connection | undefined> {
  const half = new SocksServerHalf()
  const request = await op.phase('greeting', () => half.read(connection))
  if (request === undefined) return undefined
  const { host, port } = request
  let far: Connection | undefined
  try {
    far = await dialFor(ssh, { scheme: 'tcp', host, port }, op)
    await connection.write(half.answer('open'))
    return far
  } catch (error) {
    // The client has left before it had the answer.
    far?.abort()
    await connection.write(half.answer(outcomeOf(error))).catch(() => {})
    // In order, so that the answer arrives.
    await connection.close()
    throw error
  }
}

function outcomeOf(error: unknown): SocksOutcome {
  const code = isNetError(error) ? error.code : undefined
  if (code === 'NET_PROXY_REFUSED') return 'forbidden'
  return code === 'NET_CONNECT_REFUSED' ? 'refused' : 'unreachable'
}
