/*
 * How TLS is negotiated, and whether a connection may carry a password: one meaning of `security` in all protocols that
 * begin in clear. Decides; sends nothing.
 */

import { isLoopback, type Endpoint } from '@net/core'
import { netError, option, type Shape } from '@net/core/authoring'

import { isOnThisMachine, isProtected } from '../protection.ts'
import type { ConnectionInfo } from '../transport.ts'

/**
 * How TLS is negotiated: by the protocol's own command (STARTTLS, AUTH TLS) or not at all (`required`), from the first
 * byte (`implicit`), by the command where the server offers it (`opportunistic`), or never (`off`). None of them sends a
 * password over an unprotected connection to another machine.
 */
export type Security = 'required' | 'implicit' | 'opportunistic' | 'off'

/** What `security` may be. */
export const security: Shape<Security> = option.oneOf(
  'required',
  'implicit',
  'opportunistic',
  'off',
)

/** Throws `NET_BAD_OPTION` for a wish that the scheme of the URL contradicts: one that ends with `s`, such as `smtps`, is TLS from the first byte. */
export function checkSecurity({ scheme }: Endpoint, wanted: Security | undefined): void {
  if (!isSecureScheme(scheme) || wanted === undefined || wanted === 'implicit') return
  throw netError('NET_BAD_OPTION', {
    message: `${scheme}:// is TLS from the first byte; security '${wanted}' contradicts it`,
  })
}

/**
 * How TLS is negotiated on a connection: as the caller wants, else `implicit` where the scheme says so, `opportunistic`
 * where the connection reached this machine, or a tunnel's end that calls itself localhost, else `otherwise`. What was
 * reached decides, and not what the URL says: a name may lead anywhere.
 */
export function securityFor(
  info: ConnectionInfo,
  wanted: Security | undefined,
  otherwise: Security = 'required',
): Security {
  if (wanted !== undefined) return wanted
  if (isSecureScheme(info.endpoint.scheme)) return 'implicit'
  const tunnelled = info.encrypted && isLoopback(info.endpoint.host)
  return isOnThisMachine(info) || tunnelled ? 'opportunistic' : otherwise
}

/**
 * Throws `NET_TLS_UNAVAILABLE` unless the connection may carry a password: it is encrypted, or it never leaves this
 * machine. `allow` true lifts the rule, false takes this machine's exemption away.
 */
export function requireProtection(info: ConnectionInfo, allow: boolean | undefined): void {
  if (info.encrypted || allow === true) return
  if (allow === undefined && isProtected(info)) return
  throw netError('NET_TLS_UNAVAILABLE', {
    message:
      'we did not send the password, because the connection is not encrypted; use TLS, or set dangerouslyAllowPlaintextAuth',
  })
}

function isSecureScheme(scheme: string): boolean {
  return scheme.endsWith('s')
}
