/* How a real socket leaves its transport, and what stands in for one where there is none. */

import type { Socket } from 'node:net'

import { argument, inCall } from '@net/core/authoring'

import { isTransport } from './call-doors.ts'
import { foreignTransport } from './foreign-transport.ts'
import { NodeSocket } from './node-socket.ts'
import type { Transport } from './transport.ts'

/**
 * The transport's own socket, with nothing of ours left on it, or else a net.Socket that works over the
 * transport. The transport must not be used any more.
 */
export function toSocket(transport: Transport): Socket {
  inCall(PLACE, () => argument('the transport', isTransport, transport))
  const given = foreignTransport(transport)
  const socket = given.release?.()
  if (socket === undefined) return new NodeSocket(given)
  // As Node makes its sockets by default: its new owner expects it to end when the peer does.
  socket.allowHalfOpen = false
  return socket
}

const PLACE = { protocol: 'socket', call: 'toSocket' }
