/*
 * What the errors of sockets are called here, where the rows of Node itself are too general: a socket that is
 * connected fails in other ways than one that is connecting, and a listener in others than both.
 */

import {
  codeOf,
  defineErrorTable,
  type ErrorRow,
  type ErrorTable,
  hasCode,
  isError,
} from '@net/core/authoring'

/** What OpenSSL says of a handshake; with TLS 1.3 a server refuses our certificate only when the handshake is done. */
const tlsRows: readonly ErrorRow[] = [
  {
    when: hasCode(
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'ERR_SSL_PACKET_LENGTH_TOO_LONG',
      'ERR_SSL_UNKNOWN_PROTOCOL',
    ),
    code: 'NET_TLS_NOT_TLS',
    details: () => ({
      message:
        'the peer does not speak TLS on this port; the port may have no TLS, or begin without it and use STARTTLS',
    }),
  },
  {
    when: hasCode('ERR_SSL_HTTP_REQUEST'),
    code: 'NET_TLS_NOT_TLS',
    details: () => ({ message: 'the client speaks HTTP without TLS' }),
  },
  {
    when: hasCode('ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE'),
    code: 'NET_TLS_HANDSHAKE',
    details: () => ({
      message: 'the client sent no certificate, which this server requires by its tls: { ca }',
    }),
  },
  {
    when: hasCode('ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_NO_PROTOCOLS_AVAILABLE'),
    code: 'NET_TLS_HANDSHAKE',
    details: () => ({
      message:
        'the peer speaks no version of TLS that is allowed here; see tls: { minVersion, maxVersion }',
    }),
  },
  {
    when: (error) => ALERT.test(codeOf(error)),
    code: 'NET_TLS_HANDSHAKE',
    details: (error) => ({ message: alertMessage(ALERT.exec(codeOf(error))?.[1] ?? '') }),
  },
]

/** The table for dialing, connections and listeners. */
export const socketErrors: ErrorTable = defineErrorTable([
  {
    when: (error) => codeOf(error) === 'ETIMEDOUT' && !isCall(error, 'connect'),
    code: 'NET_TIMEOUT_KEEPALIVE',
    details: () => ({ message: 'the peer no longer answers' }),
  },
  {
    // A peer that accepts and resets in one breath; nothing was sent yet.
    when: (error) => codeOf(error) === 'ECONNRESET' && isCall(error, 'connect'),
    code: 'NET_CONN_RESET',
    details: () => ({ message: 'the peer reset the connection at once', retry: 'safe' }),
  },
  {
    when: (error) => codeOf(error) === 'ENOENT' && isCall(error, 'connect'),
    code: 'NET_CONNECT_REFUSED',
    details: () => ({ message: 'the Unix socket does not exist' }),
  },
  {
    when: (error) => DENIED.has(codeOf(error)) && isCall(error, 'connect'),
    code: 'NET_CONNECT_UNREACHABLE',
    details: () => ({ message: 'this process may not connect there', retry: 'never' }),
  },
  {
    when: (error) =>
      codeOf(error) === 'EADDRNOTAVAIL' && (isCall(error, 'listen') || isCall(error, 'bind')),
    code: 'NET_BIND_DENIED',
    details: () => ({ message: 'this machine does not have the local address' }),
  },
  {
    when: hasCode(
      'EINVAL',
      'ERR_INVALID_IP_ADDRESS',
      'ERR_SOCKET_BAD_PORT',
      'ERR_INVALID_ARG_VALUE',
    ),
    code: 'NET_BAD_OPTION',
    details: () => ({ message: 'the system refuses this address or option' }),
  },
  ...tlsRows,
])

/** The table for TLS handshakes: a peer that leaves in the middle of one has done nothing for us yet. */
export const handshakeErrors: ErrorTable = defineErrorTable([
  {
    when: hasCode('ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE'),
    code: 'NET_CONN_RESET',
    details: () => ({
      message: 'the peer closed the connection during the handshake',
      retry: 'safe',
    }),
  },
  ...tlsRows,
])

function alertMessage(alert: string): string {
  const name = alert.toLowerCase().replaceAll('_', ' ')
  const help = ALERTS[alert]
  return `the peer refused the handshake with the alert "${name}"${help === undefined ? '' : `: ${help}`}`
}

function isCall(error: Error, name: string): boolean {
  return Reflect.get(error, 'syscall') === name
}

const DENIED: ReadonlySet<string> = new Set(['EACCES', 'EPERM'])
const ALERT = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13|SSL\/TLS)_ALERT_([A-Z_]+)$/
const CERTIFICATE =
  'it does not accept the certificate that was shown to it; see tls: { cert, key }'
/** What the alerts of RFC 8446 section 6.2 ask for. */
const ALERTS: Readonly<Record<string, string>> = {
  CERTIFICATE_REQUIRED: 'it requests a client certificate; pass tls: { cert, key }',
  NO_CERTIFICATE: 'it requests a client certificate; pass tls: { cert, key }',
  BAD_CERTIFICATE: CERTIFICATE,
  UNSUPPORTED_CERTIFICATE: CERTIFICATE,
  CERTIFICATE_REVOKED: CERTIFICATE,
  CERTIFICATE_EXPIRED: CERTIFICATE,
  CERTIFICATE_UNKNOWN: CERTIFICATE,
  UNKNOWN_CA: CERTIFICATE,
  ACCESS_DENIED: CERTIFICATE,
  HANDSHAKE_FAILURE:
    'the two sides have no version or cipher in common; see tls: { minVersion, maxVersion, ciphers }, and tls: { cert, key } if it requests a certificate',
  PROTOCOL_VERSION:
    'it speaks no version of TLS that is allowed here; see tls: { minVersion, maxVersion }',
  INSUFFICIENT_SECURITY: 'it requires stronger ciphers; see tls: { minVersion, ciphers }',
  UNRECOGNIZED_NAME: 'it has no server of the requested name; see tls: { servername }',
  NO_APPLICATION_PROTOCOL: 'it supports none of the offered protocols; see tls: { alpn }',
}

/** Whether it is a failure as the system has them, for which there is a code of ours. */
export function isKnown(error: unknown): boolean {
  return isError(error) && socketErrors.some(({ when }) => when(error))
}
