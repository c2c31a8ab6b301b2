/* What the loss of a connection is called: an error of the call that it took with it, not of the transport's own read or write. */

import { ConnectionLostError, isNetError, type NetError } from '@net/core'
import { netError, translate } from '@net/core/authoring'

import { ftpErrors } from './engine/basic-ftp-errors.ts'

/** The error for what a read or write of a connection threw; errors of this package pass. */
export function lost(thrown: unknown, which: 'control' | 'data'): NetError {
  if (!isNetError(thrown)) return translate(thrown, ftpErrors, { protocol: 'ftp' })
  if (thrown.protocol === undefined || thrown.protocol === 'ftp') return thrown
  const what = WHAT[thrown.code] ?? 'failed'
  const message = `the ${which} connection ${what}`
  // Data go one way; the control connection is always read, whatever the call was doing.
  const phase = which === 'data' && thrown.phase !== undefined ? { phase: thrown.phase } : {}
  return netError(thrown.code, { message, cause: thrown, ...phase })
}

/** Whether the peer has ended, though without the close_notify of TLS: an end for those who need nobody's word for it. */
export function isEnd(error: unknown): boolean {
  return isNetError(error) && error.code === 'NET_PROTO_INCOMPLETE' && error.protocol === 'tls'
}

/** As `lost`, where only a loss is to be told so: a certificate that was refused stays what it is. */
export function lostInHandshake(thrown: unknown, which: 'control' | 'data'): unknown {
  return isNetError(thrown) && thrown instanceof ConnectionLostError ? lost(thrown, which) : thrown
}

const WHAT: Readonly<Record<string, string>> = {
  NET_CONN_CLOSED: 'was closed',
  NET_CONN_RESET: 'was reset',
  NET_CLOSED: 'is closed',
  NET_PROTO_INCOMPLETE:
    'ended without the close_notify of TLS, so something may be missing; ' +
    'for a server that never sends it there is tls: { dangerouslyAllowTruncation: true }',
  NET_TIMEOUT_KEEPALIVE: 'is dead: the server answers no more',
}
