/*
 * Whether a password may be sent: over TLS, or to this machine. A proxy on the road ends the exemption, because
 * what is called localhost there is another machine.
 */

import { isLoopback } from '@net/core'
import type { ConnectionInfo } from './transport.ts'

/** Whether only the endpoint can read what is sent. */
export function isProtected(info: ConnectionInfo): boolean {
  return info.encrypted || isOnThisMachine(info)
}

/** Whether the endpoint asked for, and what was reached, are this machine, with no hop between. */
export function isOnThisMachine({ endpoint, hops, remote }: ConnectionInfo): boolean {
  if (hops.length > 0) return false
  return [endpoint, remote ?? endpoint].every(
    (at) => at.path !== undefined || at.scheme === 'memory' || isLoopback(at.host),
  )
}
