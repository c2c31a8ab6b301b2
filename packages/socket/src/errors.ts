/*
 * What the errors of sockets are called here, where the rows of Node itself are too general: a socket that is
 * connected fails in other ways than one that is connecting, and a listener in others than both.
 */

import { defineErrorTable, hasCode, type ErrorTable } from '@net/core/authoring'

/** The table for dialing, connections and listeners. */
export const socketErrors: ErrorTable = defineErrorTable([
  {
    when: (error) => codeOf(error) === 'ETIMEDOUT' && !isCall(error, 'connect'),
    code: 'NET_TIMEOUT_KEEPALIVE',
    details: () => ({ message: 'the peer answers no more' }),
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
    details: () => ({ message: 'there is no such socket' }),
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
    details: () => ({ message: 'the local address is not one of this machine' }),
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
])

function codeOf(error: Error): string {
  return String(Reflect.get(error, 'code'))
}

function isCall(error: Error, name: string): boolean {
  return Reflect.get(error, 'syscall') === name
}

const DENIED: ReadonlySet<string> = new Set(['EACCES', 'EPERM'])
