// The roads on which the matrix runs each protocol: plain TCP, TLS, and a transport behind which no real socket stands.
import {
  tcpDialer,
  type Dialer,
  type DialOptions,
  type TlsOptions,
  type Transport,
} from '@net/socket'
import { createCertificates } from '@net/socket/testing'
import type { Endpoint } from '@net/core'

/** A road: what the client dials with, and what client and server know of TLS. */
export interface Road {
  readonly name: string
  readonly dialer: Dialer
  readonly client?: TlsOptions
  readonly server?: TlsOptions
}

/** All of them. */
export function roads(): readonly Road[] {
  const authority = createCertificates()
  const { cert, key } = authority.issue({ names: ['localhost', '127.0.0.1'] })
  return [
    { name: 'tcp', dialer: tcpDialer() },
    { name: 'bare transport', dialer: withoutSocket(tcpDialer()) },
    { name: 'tls', dialer: tcpDialer(), client: { ca: authority.ca }, server: { cert, key } },
  ]
}

/** The same road, but the transport does not show its socket, as one in memory or in a tunnel would not. */
function withoutSocket(dialer: Dialer): Dialer {
  return {
    name: 'bare',
    async dial(endpoint: Endpoint, options?: DialOptions): Promise<Transport> {
      const transport = await dialer.dial(endpoint, options)
      return {
        info: transport.info,
        read: () => transport.read(),
        write: (chunks) => transport.write(chunks),
        end: () => transport.end(),
        close: () => transport.close(),
        abort: (reason) => transport.abort(reason),
        ...(transport.closed === undefined ? {} : { closed: transport.closed }),
      }
    },
  }
}
