/*
 * How TLS is negotiated, and whether a connection may carry a password. Decides; sends nothing.
 */

import { isLoopback, type Endpoint } from '@net/core'
import { netError } from '@net/core/authoring'
import { isProtected, type ConnectionInfo } from '@net/socket'

/**
 * How TLS is negotiated: by STARTTLS or not at all (`required`), from the first byte (`implicit`), by STARTTLS where
 * the server offers it (`opportunistic`), or never (`off`). None of them releases a password by itself.
 */
export type Security = 'required' | 'implicit' | 'opportunistic' | 'off'

/** What holds where the caller says nothing: `implicit` for `smtps:`, `opportunistic` on loopback, else `required`. */
export function securityFor(endpoint: Endpoint, wanted: Security | undefined): Security {
  if (wanted !== undefined && !KNOWN.includes(wanted)) {
    throw netError('NET_BAD_OPTION', { message: `security must be ${KNOWN.join(', ')}` })
  }
  if (endpoint.scheme === 'smtps') {
    if (wanted === undefined || wanted === 'implicit') return 'implicit'
    throw netError('NET_BAD_OPTION', {
      message: 'smtps:// is TLS from the first byte; security says otherwise',
    })
  }
  return wanted ?? (isLocal(endpoint) ? 'opportunistic' : 'required')
}

/**
 * Throws `NET_TLS_UNAVAILABLE` unless the connection may carry a password: it is encrypted, or it never leaves this
 * machine. `allow` true lifts the rule, false takes this machine's exemption away.
 */
export function requireProtection(info: ConnectionInfo, allow: boolean | undefined): void {
  if (info.encrypted || allow === true) return
  if (allow === undefined && isProtected(info)) return
  throw netError('NET_TLS_UNAVAILABLE', {
    message: 'the connection is not encrypted, so no password is sent over it',
  })
}

function isLocal({ scheme, host, path }: Endpoint): boolean {
  return path !== undefined || scheme === 'memory' || isLoopback(host)
}

const KNOWN: readonly Security[] = ['required', 'implicit', 'opportunistic', 'off']
