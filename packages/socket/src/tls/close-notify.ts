/*
 * Whether the peer announced the end of a TLS connection (close_notify, RFC 8446 section 6.1), or only the connection
 * below it ended. Protects from data that was cut on the way. The difference shows only at the moment when the stream
 * ends.
 */

import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

import { isNetError, type ErrorContext, type NetError } from '@net/core'
import { netError } from '@net/core/authoring'

/** From here on the socket fails with `NET_PROTO_INCOMPLETE`, behind its last byte, where the peer sends no close_notify. */
export function requireCloseNotify(socket: TLSSocket, below: Socket): void {
  let cut = false
  const push = socket.push.bind(socket)
  socket.push = (chunk, encoding) => {
    // Node's TLS pushes the end within the call that reported the cause.
    if (chunk === null && !socket.readableEnded) cut = hasEnded(below, socket)
    return push(chunk, encoding)
  }
  const emit = socket.emit.bind(socket) as (name: string | symbol, ...args: unknown[]) => boolean
  socket.emit = (name: string | symbol, ...args: unknown[]) => {
    if (name !== 'end' || !cut) return emit(name, ...args)
    // Listeners get the error in place of the end.
    socket.destroy(cutOff())
    return true
  }
}

/** Whether the error says that the peer's end was not its own word. */
export function isCutOff(error: unknown): error is NetError {
  return isNetError(error) && error.code === 'NET_PROTO_INCOMPLETE'
}

/** The error of one call for it; every call has its own, as what is added to one must not show in another. */
export function cutOff(context: ErrorContext = {}): NetError {
  return netError('NET_PROTO_INCOMPLETE', { message: CUT_OFF, ...context })
}

/** Whether it was the end below that ended TLS. */
function hasEnded(below: Socket, socket: TLSSocket): boolean {
  const handle = handleOf(below)
  if (handle === undefined) return below.readableEnded
  // While TLS has stopped reading, nothing from below can have reached it.
  if (handleOf(socket)?.reading === false) return false
  // A handle refuses to begin what goes on already; one that has ended has stopped.
  return handle.readStart() === 0
}

/** There is no public way to ask a socket whose reading TLS has taken over. */
function handleOf(socket: Socket): Handle | undefined {
  const handle: unknown = Reflect.get(socket, '_handle')
  const known = typeof handle === 'object' && handle !== null && 'readStart' in handle
  return known ? (handle as Handle) : undefined
}

interface Handle {
  readonly reading?: boolean
  /** 0 if it has begun, else an error of the system. */
  readStart(): number
}

const CUT_OFF =
  'the peer ended the connection without the close_notify of TLS, so something may be missing at the end; ' +
  'for a peer that never sends it there is tls: { dangerouslyAllowTruncation: true }'
