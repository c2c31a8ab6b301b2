/*
 * What Node's own errors (system calls, name resolution, TLS, file system) are called here.
 */

import type { NetErrorCode } from './codes.ts'
import type { ErrorRow } from './error-row.ts'
import { timeLimitBehind } from './time-limit.ts'

/** Certificates and lists of revoked ones that OpenSSL cannot read or check. */
const UNREADABLE: readonly string[] = [
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CRL_SIGNATURE_FAILURE',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CRL_LAST_UPDATE_FIELD',
  'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
]

/** The rows for errors that Node itself makes. */
export const nodeErrors: readonly ErrorRow[] = [
  {
    when: (error) => timeLimitBehind(error) !== undefined,
    code: 'NET_TIMEOUT_TOTAL',
    details: () => ({ message: "the caller's time limit passed" }),
  },
  row('NET_ABORTED', 'the operation was aborted', ['ABORT_ERR']),
  row(
    'NET_CONNECT_REFUSED',
    'the connection was refused; check the port, and that the server runs',
    ['ECONNREFUSED'],
  ),
  row('NET_CONNECT_UNREACHABLE', 'the host cannot be reached; check network, VPN and routes', [
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EHOSTDOWN',
    'ENETDOWN',
    'EADDRNOTAVAIL',
    'EAFNOSUPPORT',
  ]),
  row('NET_TIMEOUT_CONNECT', 'the system stopped connecting (ETIMEDOUT)', [
    'ETIMEDOUT',
    'ERR_SOCKET_CONNECTION_TIMEOUT',
  ]),
  row('NET_DNS_NOT_FOUND', 'the name does not exist; check the spelling of the host', [
    'ENOTFOUND',
    'ENODATA',
    'EBADNAME',
  ]),
  row('NET_DNS_TEMPORARY', 'the resolver could not answer; try again later', [
    'EAI_AGAIN',
    'EAI_FAIL',
    'ESERVFAIL',
    'EREFUSED',
    'ETIMEOUT',
    'ECANCELLED',
  ]),
  row('NET_CONN_RESET', 'the connection was reset', ['ECONNRESET', 'ECONNABORTED']),
  row('NET_CONN_CLOSED', 'the peer closed the connection', [
    'EPIPE',
    'ERR_STREAM_PREMATURE_CLOSE',
    'ERR_STREAM_DESTROYED',
    'ENOTCONN',
    'ESHUTDOWN',
  ]),
  row(
    'NET_BIND_IN_USE',
    'the local address is in use; choose another port, or end what listens there',
    ['EADDRINUSE'],
  ),
  {
    when: (error) => bindDenied(error),
    code: 'NET_BIND_DENIED',
    details: () => ({ message: 'this process may not use the local address' }),
  },
  row(
    'NET_LOCAL_LIMIT',
    'no descriptors or buffers are left; raise the limit of open files (ulimit -n)',
    ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'OUT_OF_MEM'],
  ),
  row('NET_TLS_CERT_EXPIRED', 'the certificate is expired or not yet valid', [
    'CERT_HAS_EXPIRED',
    'CERT_NOT_YET_VALID',
    'CRL_NOT_YET_VALID',
    'CRL_HAS_EXPIRED',
  ]),
  row('NET_TLS_CERT_HOST', 'the certificate is for another host', [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'HOSTNAME_MISMATCH',
  ]),
  row('NET_TLS_CERT_REVOKED', 'the certificate was revoked', ['CERT_REVOKED']),
  refusedCertificate(['UNSPECIFIED', ...UNREADABLE]),
  row('NET_TLS_CERT_UNTRUSTED', 'the certificate is not trusted', [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'CERT_UNTRUSTED',
    'CERT_REJECTED',
    'CERT_SIGNATURE_FAILURE',
    'CERT_CHAIN_TOO_LONG',
    'INVALID_CA',
    'INVALID_PURPOSE',
    'PATH_LENGTH_EXCEEDED',
  ]),
  row('NET_TLS_NOT_TLS', 'the peer does not speak TLS', [
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_PACKET_LENGTH_TOO_LONG',
    'ERR_SSL_HTTP_REQUEST',
    'ERR_SSL_UNKNOWN_PROTOCOL',
  ]),
  {
    when: (error) => /^(ERR_SSL_|ERR_OSSL_|ERR_TLS_|EPROTO$)/.test(codeOf(error)),
    code: 'NET_TLS_HANDSHAKE',
    details: (error) => ({ message: `the TLS handshake failed (${codeOf(error)})` }),
  },
  {
    when: (error) => FILE_CALLS.has(String(Reflect.get(error, 'syscall'))),
    code: 'NET_LOCAL_IO',
    details: (error) => ({
      message: `${String(Reflect.get(error, 'syscall'))} failed with ${codeOf(error)}`,
    }),
  },
]

function row(code: NetErrorCode, message: string, foreign: readonly string[]): ErrorRow {
  return { when: (error) => foreign.includes(codeOf(error)), code, details: () => ({ message }) }
}

/** What OpenSSL finds wrong with a certificate itself; only the message says it. */
function refusedCertificate(foreign: readonly string[]): ErrorRow {
  return {
    when: (error) => foreign.includes(codeOf(error)),
    code: 'NET_TLS_CERT_UNTRUSTED',
    details: ({ message }) => ({ message: `the certificate is refused: ${message}` }),
  }
}

function bindDenied(error: Error): boolean {
  const syscall: unknown = Reflect.get(error, 'syscall')
  return (
    (codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM') &&
    (syscall === 'listen' || syscall === 'bind')
  )
}

/** The `code` that Node gave the error, as text. */
export function codeOf(error: Error): string {
  return String(Reflect.get(error, 'code'))
}

const FILE_CALLS: ReadonlySet<string> = new Set([
  'open',
  'close',
  'read',
  'write',
  'writev',
  'stat',
  'lstat',
  'fstat',
  'rename',
  'unlink',
  'mkdir',
  'rmdir',
  'scandir',
  'ftruncate',
  'fsync',
  'fdatasync',
  'copyfile',
  'link',
  'symlink',
  'readlink',
  'chmod',
  'fchmod',
  'utime',
  'futime',
  'access',
  'realpath',
  'sendfile',
])
