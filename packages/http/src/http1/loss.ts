/* What took a connection, as a call is to see it, which adds its own place. */

import { ConnectionLostError, type NetError } from '@net/core'
import { netError } from '@net/core/authoring'

/** A loss as the call is to see it, which adds its own place. */
export function withoutPlace(error: NetError): NetError {
  // The transport's own error for a TLS connection that ended without close_notify.
  if (error.code === 'NET_PROTO_INCOMPLETE')
    return netError('NET_CONN_CLOSED', { message: NO_CLOSE_NOTIFY, cause: error })
  if (!(error instanceof ConnectionLostError)) return error
  return netError(error.code, { message: 'the connection was lost', cause: error })
}

/** The loss of a connection that the server has closed. */
export function closed(cause?: unknown): NetError {
  const message = 'the server closed the connection'
  return netError('NET_CONN_CLOSED', { message, ...(cause === undefined ? {} : { cause }) })
}

const NO_CLOSE_NOTIFY =
  'the server closed the connection without the close_notify of TLS; ' +
  'for a server that never sends it there is tls: { dangerouslyAllowTruncation: true }'
