/*
 * Node's TLS and crypto, loaded when they are first needed: they are a quarter of what importing this package costs, and
 * many programs speak no TLS.
 */

import type { TLSSocket } from 'node:tls'

/** The module `node:tls`. */
export function nodeTls(): typeof import('node:tls') {
  return process.getBuiltinModule('node:tls')
}

/** The module `node:crypto`. */
export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto')
}

/** Whether it is a socket of Node's TLS; what is none loads nothing. */
export function isTlsSocket(socket: object): socket is TLSSocket {
  return Reflect.get(socket, 'encrypted') === true && socket instanceof nodeTls().TLSSocket
}
