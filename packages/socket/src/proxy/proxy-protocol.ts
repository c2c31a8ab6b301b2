/* Connections that begin with a PROXY header: told to a server that we connect to, and believed of proxies that we trust. */

import type { Endpoint, NetError } from '@net/core'
import {
  ByteQueue,
  netError,
  option,
  optionsDoor,
  stoppable,
  type OptionsDoor,
} from '@net/core/authoring'

import { roadOperation, type RoadOptions } from '../dial-operation.ts'
import { dialer as isDialer, type Dialer } from '../dialer.ts'
import { socketErrors } from '../errors.ts'
import { ipNetwork, type IpNetwork } from '../ip-network.ts'
import { withLeftover } from '../leftover-transport.ts'
import { tcpDialer } from '../tcp-dialer.ts'
import type { ConnectionInfo, Transport } from '../transport.ts'
import { proxyHeader, takeProxyHeader, type ProxyHeader } from './proxy-header.ts'

/** Options of `proxyProtocolDialer`. */
export interface ProxyProtocolOptions {
  /** For whom we connect: the `info` of its connection. Default nobody but ourselves. */
  readonly client?: Pick<ConnectionInfo, 'remote' | 'local'> | undefined
  /** 1 is a line of text, 2 binary. Default 2. */
  readonly version?: 1 | 2 | undefined
  /** How the server is reached; default TCP. */
  readonly via?: Dialer | undefined
}

/**
 * Dials and begins with a PROXY header, by which a forwarder tells the server (HAProxy, nginx, Postfix, or a listener with
 * `proxyProtocol`) whose connection it is. Throws `NET_BAD_OPTION`.
 */
export function proxyProtocolDialer(options?: ProxyProtocolOptions): Dialer {
  const { client, version = 2, via = tcpDialer() } = proxyDoor(options)
  const header = proxyHeader({ source: client?.remote, destination: client?.local }, version)
  return {
    name: `proxy-protocol ${via.name}`,
    async dial(endpoint, dialOptions) {
      const transport = await via.dial(endpoint, dialOptions)
      try {
        await transport.write([header])
        return transport
      } catch (error) {
        transport.abort(error)
        throw error
      }
    },
  }
}

/** Which peers are proxies whose word on their clients counts; 'unix' stands for all that come over a Unix socket. */
export class TrustedProxies {
  readonly #networks: readonly IpNetwork[]
  readonly #unix: boolean

  /** Throws `NET_BAD_OPTION` for a text that is no network. */
  constructor(networks: readonly string[]) {
    this.#unix = networks.includes('unix')
    this.#networks = networks.filter((each) => each !== 'unix').map(ipNetwork)
  }

  /** Whether the connection comes from one of them. */
  has({ remote, endpoint }: ConnectionInfo): boolean {
    if (endpoint.path !== undefined) return this.#unix
    return remote !== undefined && this.#networks.some((each) => each.contains(remote.host))
  }
}

/** Reads the header with which an accepted connection begins; its limit is `timeout.proxy`. The transport given is gone if this rejects. */
export async function acceptProxied(
  transport: Transport,
  options: RoadOptions,
): Promise<Transport> {
  const { endpoint } = transport.info
  const spec = { protocol: 'proxy', operation: 'accept', endpoint, errors: socketErrors }
  try {
    return await roadOperation(spec, options, (op) =>
      op.phase('proxy', () => stoppable(op, withoutHeader(transport))),
    )
  } catch (error) {
    transport.abort(error)
    throw error
  }
}

async function withoutHeader(transport: Transport): Promise<Transport> {
  const queue = new ByteQueue()
  for (;;) {
    const header = takeProxyHeader(queue)
    if (header !== undefined) {
      const bytes = queue.take(queue.length)
      const leftover = { bytes, ended: false, pulling: undefined }
      return withLeftover(transport, leftover, announced(transport.info, header))
    }
    const chunk = await transport.read()
    if (chunk === null) throw ended(queue.length)
    queue.push(chunk)
  }
}

/** What is known of the connection, with its client in place of the proxy. */
function announced(info: ConnectionInfo, { source, destination }: ProxyHeader): ConnectionInfo {
  if (source === undefined) return info
  const proxy: Endpoint = info.remote ?? info.endpoint
  const hops = [...info.hops, { kind: 'proxy-protocol', endpoint: proxy }]
  return {
    ...info,
    hops,
    remote: source,
    ...(destination === undefined ? {} : { local: destination }),
  }
}

function ended(received: number): NetError {
  const message = 'the peer ended within its PROXY header'
  return netError('NET_PROTO_INCOMPLETE', { message, received })
}

const proxyDoor: OptionsDoor<ProxyProtocolOptions> = optionsDoor<ProxyProtocolOptions>(
  { protocol: 'socket', call: 'proxyProtocolDialer' },
  { client: option.anything, version: option.oneOf<1 | 2>(1, 2), via: isDialer },
)
