/* Why a server said goodbye (RFC 4253, section 11.1), and what that is called here. */

import { netError } from '@net/core/authoring'
import type { NetErrorCode } from '@net/core'

/** The error for a goodbye with this reason. */
export function goodbye(reason: number, description: string): Error {
  const code = codeOf(reason, description)
  const said = description === '' ? (REASONS[reason] ?? `reason ${reason}`) : description
  return netError(code, {
    message: `the server ended the connection: ${said}`,
    reply: { status: reason, text: description },
  })
}

function codeOf(reason: number, description: string): NetErrorCode {
  if (TOO_MANY.test(description) || reason === NO_MORE_METHODS) return 'NET_AUTH_TOO_MANY'
  if (reason === KEX_FAILED) return 'NET_PROTO_NEGOTIATION'
  return LEAVING.has(reason) ? 'NET_CONN_SHUTDOWN' : 'NET_CONN_CLOSED'
}

const KEX_FAILED = 3
const NO_MORE_METHODS = 14
// Service not available, by application, too many connections.
const LEAVING: ReadonlySet<number> = new Set([7, 11, 12])
// OpenSSH says it so, with the reason of a protocol error.
const TOO_MANY = /too many authentication failures/i
const REASONS: Readonly<Record<number, string>> = {
  1: 'this host may not connect',
  2: 'protocol error',
  3: 'the key exchange failed',
  5: 'wrong checksum',
  6: 'compression error',
  7: 'the service is not available',
  8: 'the protocol version is not supported',
  9: 'the host key cannot be verified',
  10: 'the connection was lost',
  11: 'by application',
  12: 'too many connections',
  13: 'the login was cancelled by the user',
  14: 'no more login methods',
  15: 'illegal user name',
}
