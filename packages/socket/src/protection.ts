/*
 * Whether a password may be sent: over TLS, or to this machine. A proxy on the road ends the exemption, because
 * what is called localhost there is another machine.
 */

import { isLoopback } from '@net/core'
import { argument, option, shape } from '@net/core/authoring'

import type { ConnectionInfo } from './transport.ts'

/** Whether only the endpoint can read what is sent. Throws `NET_BAD_OPTION`. */
export function isProtected(info: ConnectionInfo): boolean {
  argument('info', connectionInfo, info)
  return info.encrypted || isOnThisMachine(info)
}

/** Whether the endpoint asked for, and what was reached, are this machine, with no hop between. Throws `NET_BAD_OPTION`. */
export function isOnThisMachine(info: ConnectionInfo): boolean {
  const { endpoint, hops, remote } = argument('info', connectionInfo, info)
  if (hops.length > 0) return false
  return [endpoint, remote ?? endpoint].every(
    (at) => at.path !== undefined || at.scheme === 'memory' || isLoopback(at.host),
  )
}

const connectionInfo = shape<ConnectionInfo>('the info of a connection', (value) => {
  if (!option.isObject(value)) return false
  const { endpoint, hops } = value as Partial<ConnectionInfo>
  return option.isObject(endpoint) && Array.isArray(hops)
})
