/* What a TLS handshake agreed on, as plain data. */

import type { X509Certificate } from 'node:crypto'

/** The outcome of a TLS handshake. */
export interface TlsInfo {
  /** The version of the protocol, such as `TLSv1.3`. */
  readonly protocol: string
  /** The cipher suite's standard name. */
  readonly cipher: string
  /** The protocol agreed on by ALPN; absent if none was. */
  readonly alpn?: string
  /** The name in SNI; absent for IP addresses. */
  readonly servername?: string
  /** Whether the peer's certificate was verified; false with `dangerouslySkipVerification` and for clients without one. */
  readonly authorized: boolean
  /** Whether an earlier session was resumed. */
  readonly resumed: boolean
  /** The group of the key exchange, such as `X25519`, where OpenSSL tells a client of it. */
  readonly group?: string
  /** The peer's certificate, where it has sent one. */
  readonly certificate?: X509Certificate
  /** The peer's certificate and those that it sent along, its own first; read it while the connection is open. */
  readonly chain: readonly X509Certificate[]
}
