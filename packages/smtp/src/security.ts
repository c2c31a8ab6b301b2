/*
 * How TLS is negotiated, and whether a connection may carry a password. Decides; sends nothing.
 */

import { isLoopback, type Endpoint } from '@net/core'
import { netError } from '@net/core/authoring'
import { isOnThisMachine, isProtected, type ConnectionInfo } from '@net/socket'

/**
 * How TLS is negotiated: by STARTTLS or not at all (`required`), from the first byte (`implicit`), by STARTTLS where
 * the server offers it (`opportunistic`), or never (`off`). None of them releases a password by itself.
 */
export type Security = 'required' | 'implicit' | 'opportunistic' | 'off'

/** Throws `NET_BAD_OPTION` for a wish that the scheme of the URL contradicts. */
export function checkSecurity({ scheme }: Endpoint, wanted: Security | undefined): void {
  if (wanted !== undefined && !KNOWN.includes(wanted)) {
    throw netError('NET_BAD_OPTION', { message: `security must be ${KNOWN.join(', ')}` })
  }
  if (scheme !== 'smtps' || wanted === undefined || wanted === 'implicit') return
  throw netError('NET_BAD_OPTION', {
    message: 'smtps:// is TLS from the first byte; security says otherwise',
  })
}

/**
 * How TLS is negotiated on a connection: as the caller wants, else `implicit` for `smtps:`, `opportunistic` where it
 * reached this machine, or a tunnel's end that calls itself localhost, else `required`.
 */
export function securityFor(info: ConnectionInfo, wanted: Security | undefined): Security {
  if (wanted !== undefined) return wanted
  if (info.endpoint.scheme === 'smtps') return 'implicit'
  const tunnelled = info.encrypted && isLoopback(info.endpoint.host)
  return isOnThisMachine(info) || tunnelled ? 'opportunistic' : 'required'
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

const KNOWN: readonly Security[] = ['required', 'implicit', 'opportunistic', 'off']
