/* A Transport from a socket or stream that the caller has opened. */

import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { Endpoint } from '@net/core'
import {
  argument,
  inCall,
  option,
  optionsDoor,
  shape,
  type OptionsDoor,
  type Shape,
} from '@net/core/authoring'

import { resetOf, socketInfo } from './socket-info.ts'
import { SocketTransport } from './socket-transport.ts'
import type { ConnectionInfo, Hop, Transport } from './transport.ts'

/** What the socket itself does not know. */
export interface FromSocketOptions {
  /** What was asked for; default the socket's remote address. */
  readonly endpoint?: Endpoint | undefined
  /** The proxies and tunnels on the road; default none. */
  readonly hops?: readonly Hop[] | undefined
  /** Whether the road protects the bytes; default whether it is a TLS socket. */
  readonly encrypted?: boolean | undefined
}

/**
 * A Transport over a connected socket or any other Duplex of bytes, which must not be used otherwise from then on. Throws
 * `NET_BAD_OPTION` for a stream that gives texts or objects.
 */
export function fromSocket(socket: Duplex, options?: FromSocketOptions): Transport {
  inCall(PLACE, () => {
    argument('the socket', isDuplex, socket)
    argument('the socket', givesBytes, socket)
  })
  const { hops, encrypted, endpoint = remoteOf(socket) } = fromSocketDoor(options)
  const known = socket instanceof Socket ? socketInfo(socket, endpoint) : bare(endpoint)
  const info = {
    ...known,
    ...(hops === undefined ? {} : { hops }),
    ...(encrypted === undefined ? {} : { encrypted }),
  }
  return new SocketTransport(socket, {
    info,
    protocol: endpoint.scheme,
    reset: socket instanceof Socket ? resetOf(socket) : undefined,
  })
}

function remoteOf(socket: Duplex): Endpoint {
  const host = socket instanceof Socket ? socket.remoteAddress : undefined
  const port = socket instanceof Socket ? socket.remotePort : undefined
  return { scheme: 'tcp', host: host ?? '', port: port ?? 0 }
}

function bare(endpoint: Endpoint): ConnectionInfo {
  return { endpoint, hops: [], encrypted: false }
}

const PLACE = { protocol: 'socket', call: 'fromSocket' }
const isDuplex: Shape<Duplex> = option.methods<Duplex>(
  'a socket or another Duplex',
  'on',
  'read',
  'write',
  'destroy',
)
const givesBytes: Shape<Duplex> = shape('a stream of bytes, not of texts or objects', (stream) => {
  const { readableObjectMode, readableEncoding } = stream as Duplex
  return !readableObjectMode && readableEncoding === null
})
const fromSocketDoor: OptionsDoor<FromSocketOptions> = optionsDoor<FromSocketOptions>(PLACE, {
  endpoint: option.anything,
  hops: option.list(option.anything),
  encrypted: option.flag,
})
