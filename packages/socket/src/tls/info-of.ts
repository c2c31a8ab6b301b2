/* What a handshake agreed on, read from its socket. */

import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'

import { chainOf, peerCertificate } from './identity.ts'
import type { TlsInfo } from './info.ts'

/** What was found out about the peer. */
export interface Outcome {
  readonly servername: string | undefined
  /** Whether its certificate was verified. */
  readonly authorized: boolean
}

/** What is known of a connection whose handshake has ended. */
export function infoOf(socket: TLSSocket, { servername, authorized }: Outcome): TlsInfo {
  const certificate = peerCertificate(socket)
  const { alpnProtocol } = socket
  const group = groupOf(socket)
  let chain: readonly X509Certificate[] | undefined
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    authorized,
    resumed: socket.isSessionReused(),
    ...(typeof alpnProtocol === 'string' ? { alpn: alpnProtocol } : {}),
    ...(servername === undefined ? {} : { servername }),
    ...(group === undefined ? {} : { group }),
    ...(certificate === undefined ? {} : { certificate }),
    // Few look at it, and it costs as much as the rest together.
    get chain() {
      return (chain ??= chainOf(socket))
    },
  }
}

/** Node tells it on the side of a client only. */
function groupOf(socket: TLSSocket): string | undefined {
  const info: unknown = socket.getEphemeralKeyInfo()
  const name: unknown = typeof info === 'object' && info !== null ? Reflect.get(info, 'name') : ''
  return typeof name === 'string' && name !== '' ? name : undefined
}
