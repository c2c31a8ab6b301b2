/*
 * How a real socket leaves its transport, and what stands in for one where there is none. The key is a symbol of
 * the registry, because the transport may come from another installed copy of this package.
 */

import type { Socket } from 'node:net'

import { NodeSocket } from './node-socket.ts'
import type { Transport } from './transport.ts'

/** The key of the method by which a transport gives its real socket away: with what it has read put back, or undefined. */
export const HANDOVER: unique symbol = Symbol.for('net.handover')

/** A transport that may give its socket away. */
export interface Releasable extends Transport {
  [HANDOVER]?(): Socket | undefined
}

/**
 * The transport's own socket, with nothing of ours left on it, or else a net.Socket that works over the
 * transport. The transport must not be used any more.
 */
export function toSocket(transport: Transport): Socket {
  const socket = realSocket(transport)
  if (socket === undefined) return new NodeSocket(transport)
  // As Node makes its sockets by default: whoever takes it expects it to end when the peer does.
  socket.allowHalfOpen = false
  return socket
}

/** The transport's own socket as it is, half-open; undefined if there is none. */
export function realSocket(transport: Transport): Socket | undefined {
  return (transport as Releasable)[HANDOVER]?.()
}
