/*
 * A connection as a road: a client that is given this dialer reaches its endpoints from the SSH server. It knows nothing
 * of what is spoken over it.
 */

import { formatEndpoint, isLoopback, type Endpoint } from '@net/core'
import { netError, operation, own, type ClientContext } from '@net/core/authoring'
import { fromSocket, type Dialer, type DialOptions, type Hop, type Transport } from '@net/socket'

import { refuseLong } from './command-line.ts'
import type { ForwardPlace } from './engine/ssh2-forwards.ts'
import type { SshSession } from './engine/ssh2.ts'
import { sshErrors } from './engine/ssh2-errors.ts'
import { SshChannelError } from './errors.ts'
import { RemoteListener } from './remote-listener.ts'

/** The connection that a dialer works over. */
export interface Tunnelling {
  /** The session, or throws if it is closed. */
  session(): SshSession
  /** The SSH server itself. */
  readonly endpoint: Endpoint
  /** The hops on the road to the SSH server. */
  readonly hops: readonly Hop[]
  readonly client: ClientContext
}

/**
 * Dials from the SSH server (direct-tcpip, RFC 4254, section 7.2; Unix sockets by OpenSSH's extension), and listens on it
 * (section 7.1). The only phase is `connect`. A road counts as encrypted if its last leg does not leave the SSH server.
 */
export function sshDialer(tunnelling: Tunnelling): Dialer {
  const hops = [...tunnelling.hops, { kind: 'ssh', endpoint: tunnelling.endpoint }]
  return {
    name: 'ssh',
    dial(endpoint, options) {
      const spec = specOf('dial', endpoint, tunnelling, options)
      return operation(spec, callOptions(options), (op) =>
        op.phase('connect', async () => {
          const stream = await tunnelling
            .session()
            .openTunnel(placeOf(endpoint), op)
            .catch((error: unknown) => {
              throw asConnectError(error, endpoint)
            })
          const encrypted = endpoint.path !== undefined || isLoopback(endpoint.host)
          return fromSocket(stream, { endpoint, hops, encrypted })
        }),
      ) satisfies Promise<Transport>
    },
    listen(endpoint, options) {
      const spec = specOf('listen', endpoint, tunnelling, options)
      return operation(spec, callOptions(options), (op) =>
        op.phase('command', () =>
          RemoteListener.open(
            tunnelling.session(),
            { endpoint, place: placeOf(endpoint), hops },
            op,
          ),
        ),
      )
    },
  }
}

function placeOf({ host, port, path }: Endpoint): ForwardPlace {
  if (path !== undefined) {
    refuseLong('the path', path, LONGEST_PATH)
    return { path }
  }
  refuseLong('the host', host, LONGEST_NAME)
  return { host, port }
}

function specOf(
  verb: 'dial' | 'listen',
  endpoint: Endpoint,
  { client }: Tunnelling,
  options: DialOptions | undefined,
): Parameters<typeof operation>[0] {
  const where = formatEndpoint(endpoint)
  const parent = own(options, 'parent')
  return {
    protocol: 'ssh',
    operation: verb,
    target: where,
    endpoint: where,
    kind: 'session',
    errors: sshErrors,
    client: own(options, 'client') ?? client,
    ...(parent === undefined ? {} : { parent }),
  }
}

function callOptions(options: DialOptions | undefined): Parameters<typeof operation>[1] {
  const signal = own(options, 'signal')
  const timeout = own(options, 'timeout')
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(timeout === undefined ? {} : { timeout }),
  }
}

/** For the caller of the dialer a channel that was refused is a connection that failed. */
function asConnectError(error: unknown, endpoint: Endpoint): unknown {
  if (!(error instanceof SshChannelError)) return error
  const where = formatEndpoint(endpoint)
  if (error.reason === PROHIBITED || error.reason === UNKNOWN_TYPE) {
    return netError('NET_PROXY_REFUSED', {
      message: `the SSH server does not open tunnels to ${where}`,
      cause: error,
    })
  }
  return netError('NET_CONNECT_REFUSED', {
    message: `the SSH server could not connect to ${where}`,
    cause: error,
  })
}

// RFC 1035, section 2.3.4.
const LONGEST_NAME = 255
// The longest that any system has.
const LONGEST_PATH = 4096
const PROHIBITED = 1
const UNKNOWN_TYPE = 3
