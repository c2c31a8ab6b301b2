/*
 * Login mechanisms (RFC 4954): which of those that the server offers are tried, and what of the exchange must never
 * be seen. Sends nothing.
 */

import type { Secret } from '@net/core'
import { secret } from '@net/core'
import { netError, shape, type Shape } from '@net/core/authoring'

import type { SmtpCapabilities } from './capabilities.ts'
import type { SmtpReply } from './reply.ts'

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

/** What `auth` may be. */
export const mechanism: Shape<AuthMechanism> = shape(
  'a login mechanism: plain() or login()',
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    (Reflect.get(value, 'name') === PLAIN.name || Reflect.get(value, 'name') === LOGIN.name),
)

/** The mechanisms to try where the caller names none, the best first. */
export function defaultMechanisms(): readonly AuthMechanism[] {
  return [PLAIN, LOGIN]
}

/** The wanted mechanisms that the server offers, in the order in which they are tried. Throws `NET_AUTH_NO_METHOD`. */
export function chooseMechanisms(
  wanted: readonly AuthMechanism[],
  { mechanisms }: SmtpCapabilities,
): readonly AuthMechanism[] {
  const chosen = [...new Set(wanted)].filter(({ name }) => mechanisms.includes(name))
  if (chosen.length > 0) return chosen
  const offered = mechanisms.length === 0 ? 'none' : mechanisms.join(', ')
  throw netError('NET_AUTH_NO_METHOD', {
    message: `the server offers no login that we may use (it offers ${offered}; we may use ${namesOf(wanted)})`,
  })
}

/**
 * Whether a refusal is one of the mechanism and not of the password: a server may offer more than it takes (RFC 4954,
 * section 6).
 */
export function refusesMechanism({ status, enhanced = '', text }: SmtpReply): boolean {
  if (OTHER_MECHANISM.has(status)) return true
  return status === 535 && (HINTS.has(enhanced) || HINT.test(text))
}

/** The mechanisms by their names. */
export function namesOf(mechanisms: readonly AuthMechanism[]): string {
  return mechanisms.map(({ name }) => name).join(', ')
}

/** What a mechanism says, line by line, and what may be seen of it; the server asks for each line but the first. */
export function linesOf(
  { name }: AuthMechanism,
  user: string,
  password: Secret,
): readonly { readonly line: string; readonly shown: string }[] {
  if (name === 'PLAIN') {
    const text = base64(plainExchange(user, password).reveal())
    return [{ line: `AUTH PLAIN ${text}`, shown: 'AUTH PLAIN [secret]' }]
  }
  const answers = [user, password.reveal()].map((text) => ({
    line: base64(text),
    shown: '[secret]',
  }))
  return [{ line: 'AUTH LOGIN', shown: 'AUTH LOGIN' }, ...answers]
}

/** What PLAIN sends, as a secret: while it is held, it is struck out of everything that the server repeats. */
export function plainExchange(user: string, password: Secret): Secret {
  return secret(`\0${user}\0${password.reveal()}`)
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

const PLAIN: AuthMechanism = Object.freeze({ name: 'PLAIN' })
const LOGIN: AuthMechanism = Object.freeze({ name: 'LOGIN' })
const OTHER_MECHANISM: ReadonlySet<number> = new Set([500, 501, 502, 503, 504, 534, 538])
const HINTS: ReadonlySet<string> = new Set(['5.5.4', '5.7.4', '5.7.9'])
const HINT = /mechanism|authentication (?:type|method)/i
