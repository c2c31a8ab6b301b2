/*
 * Login mechanisms (RFC 4954): which of those that the server offers is used, and what of the exchange must never
 * be seen. Speaks to nobody.
 */

import type { Secret } from '@net/core'
import { secret } from '@net/core'
import { netError } from '@net/core/authoring'

import type { SmtpCapabilities } from './capabilities.ts'

/** A login mechanism; made by `plain` or `login`. */
export interface AuthMechanism {
  /** Its name as servers offer it. */
  readonly name: 'PLAIN' | 'LOGIN'
}

/** User and password in one message (RFC 4616). */
export function plain(): AuthMechanism {
  return PLAIN
}

/** User and password one after the other, as old servers want it. */
export function login(): AuthMechanism {
  return LOGIN
}

/** The mechanisms to try where the caller names none, the best first. */
export function defaultMechanisms(): readonly AuthMechanism[] {
  return [PLAIN, LOGIN]
}

/** The first wanted mechanism that the server offers. Throws `NET_AUTH_NO_METHOD`. */
export function chooseMechanism(
  wanted: readonly AuthMechanism[],
  { mechanisms }: SmtpCapabilities,
): AuthMechanism {
  const chosen = wanted.find(({ name }) => mechanisms.includes(name))
  if (chosen !== undefined) return chosen
  const offered = mechanisms.length === 0 ? 'none' : mechanisms.join(', ')
  const names = wanted.map(({ name }) => name).join(', ')
  throw netError('NET_AUTH_NO_METHOD', {
    message: `the server offers no login that we want (wanted ${names}; offered ${offered})`,
  })
}

/** What PLAIN sends, as a secret: for as long as it is held, a server that echoes it tells nobody. */
export function plainExchange(user: string, password: Secret): Secret {
  return secret(`\0${user}\0${password.reveal()}`)
}

const PLAIN: AuthMechanism = Object.freeze({ name: 'PLAIN' })
const LOGIN: AuthMechanism = Object.freeze({ name: 'LOGIN' })
