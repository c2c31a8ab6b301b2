/*
 * Which login mechanisms are tried, of those that the server offers (RFC 4954), and which refusals are those of a
 * mechanism. Sends nothing.
 */

import { netError } from '@net/core/authoring'

import type { SmtpCapabilities } from '../capabilities.ts'
import type { SmtpReply } from '../reply.ts'
import { external } from './external.ts'
import type { AuthMechanism } from './mechanism.ts'
import { cramMd5, login, plain } from './password.ts'
import { scramSha1, scramSha1Plus, scramSha256, scramSha256Plus } from './scram.ts'
import { oauthbearer, xoauth2 } from './token.ts'

/** What may be chosen on a connection. */
export interface AuthConditions {
  /** What the caller gave to log in with. */
  readonly uses: AuthMechanism['uses']
  /** Whether TLS protects the connection. */
  readonly encrypted: boolean
  /** Whether a login can be tied to it. */
  readonly bindable: boolean
}

/**
 * The mechanisms to try where the caller names none, the strongest first. A digest of the password is better than the
 * password where others may listen; over TLS it is not, since the server has to keep the password for it.
 */
export function defaultMechanisms({ uses, encrypted }: AuthConditions): readonly AuthMechanism[] {
  if (uses === 'token') return [oauthbearer(), xoauth2()]
  if (uses === 'nothing') return [external()]
  const scram = [scramSha256Plus(), scramSha256(), scramSha1Plus(), scramSha1()]
  return encrypted
    ? [...scram, plain(), login(), cramMd5()]
    : [...scram, cramMd5(), plain(), login()]
}

/** The wanted mechanisms that the server offers, in the order in which they are tried. Throws `NET_AUTH_NO_METHOD`. */
export function chooseMechanisms(
  wanted: readonly AuthMechanism[],
  { mechanisms }: SmtpCapabilities,
  { bindable, uses }: AuthConditions,
): readonly AuthMechanism[] {
  const chosen = [...new Set(wanted)].filter(
    ({ name }) => mechanisms.includes(name) && (bindable || !name.endsWith(BOUND)),
  )
  if (chosen.length > 0) return chosen
  const offered = mechanisms.length === 0 ? 'none' : mechanisms.join(', ')
  const given = uses === 'nothing' ? '' : ` with a ${uses}`
  throw netError('NET_AUTH_NO_METHOD', {
    message: `the server offers no login that we may use${given} (it offers ${offered}; we may use ${namesOf(wanted)})`,
  })
}

/** Throws `NET_BAD_OPTION` for mechanisms that would need something else than what was given. */
export function checkMechanisms(
  wanted: readonly AuthMechanism[],
  uses: AuthMechanism['uses'],
): void {
  if (wanted.length === 0) {
    throw netError('NET_BAD_OPTION', { message: 'auth must name a mechanism' })
  }
  const other = wanted.find((each) => each.uses !== uses)
  if (other === undefined) return
  const needs = other.uses === 'nothing' ? 'neither a password nor a token' : `a ${other.uses}`
  const given = uses === 'nothing' ? 'neither was given' : `a ${uses} was given`
  throw netError('NET_BAD_OPTION', { message: `${other.name} needs ${needs}, and ${given}` })
}

/**
 * Whether a refusal is one of the mechanism and not of the password: a server may offer more than it takes (RFC 4954,
 * section 6).
 */
export function refusesMechanism({ status, enhanced = '', text }: SmtpReply): boolean {
  if (enhanced === EXPIRING) return false
  if (OTHER_MECHANISM.has(status)) return true
  return status === 535 && (HINTS.has(enhanced) || HINT.test(text))
}

function namesOf(mechanisms: readonly AuthMechanism[]): string {
  return mechanisms.map(({ name }) => name).join(', ')
}

const BOUND = '-PLUS'
// Microsoft's servers say so of a token that ends soon: another one will do.
const EXPIRING = '5.5.127'
const OTHER_MECHANISM: ReadonlySet<number> = new Set([500, 501, 502, 503, 504, 534, 538])
const HINTS: ReadonlySet<string> = new Set(['5.5.4', '5.7.4', '5.7.9'])
const HINT = /mechanism|authentication (?:type|method)/i
