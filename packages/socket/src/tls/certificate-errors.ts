/*
 * What is wrong with a peer's certificate, told so that one can act on it: what was shown, what was expected, and what
 * to pass if it is right after all. Decides nothing.
 */

import type { X509Certificate } from 'node:crypto'

import type { NetError } from '@net/core'
import { clock, harmless, netError, translate } from '@net/core/authoring'

import { handshakeErrors } from '../errors.ts'

/** A certificate as a peer has shown it. */
export interface ShownCertificate {
  /** Who showed it, such as `the server localhost:443`. */
  readonly who: string
  /** The peer's own one first, then what it sent along; none if it sent none. */
  readonly chain: readonly X509Certificate[]
  /** For which name it should be, if names count. */
  readonly name?: string
}

/** The error for what OpenSSL or Node says of a certificate. */
export function certificateError(cause: Error, shown: ShownCertificate): NetError {
  const known = translate(cause, handshakeErrors, {})
  const [leaf] = shown.chain
  const sentence = leaf === undefined ? undefined : SENTENCES[known.code]?.(cause, shown, leaf)
  if (leaf === undefined || sentence === undefined) return known
  const [what, help] = sentence
  const message = `${what}: ${describeCertificate(leaf)}; ${help}`
  return netError(known.code, { message, cause })
}

/** The error for a certificate whose key is not pinned. */
export function pinError(
  found: string,
  pins: readonly string[],
  { who, chain: [leaf] }: ShownCertificate,
): NetError {
  const shown = leaf === undefined ? '' : ` (${describeCertificate(leaf)})`
  const message =
    `${who} showed a certificate with the key ${found}${shown}, and pinned is ${some(pins)}; ` +
    `if the key was changed on purpose, pass tls: { pins: ['${found}'] }`
  return netError('NET_TLS_CERT_PIN', { message })
}

/** A certificate in one line: subject, names, issuer, dates and fingerprint. */
export function describeCertificate(certificate: X509Certificate): string {
  const names = namesOf(certificate)
  return [
    `subject ${nameOf(certificate.subject)}`,
    names.length === 0 ? 'without names' : `names ${some(names)}`,
    `issuer ${nameOf(certificate.issuer)}`,
    `valid from ${day(certificate.validFrom)} to ${day(certificate.validTo)}`,
    `SHA-256 ${certificate.fingerprint256}`,
  ].join(', ')
}

type Sentence = (
  cause: Error,
  shown: ShownCertificate,
  leaf: X509Certificate,
) => readonly [what: string, help: string]

const untrusted: Sentence = (cause, { who, chain }) => {
  const code = String(Reflect.get(cause, 'code'))
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT') {
    return [`the certificate of ${who} signed itself and is not trusted`, TRUST_ITSELF]
  }
  const last = chain.at(-1)
  if (code === 'SELF_SIGNED_CERT_IN_CHAIN' && last !== undefined) {
    const authority = nameOf(last.subject)
    return [
      `the certificate of ${who} comes from the authority ${authority}, which is not trusted`,
      TRUST,
    ]
  }
  if (/^UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)/.test(code)) {
    const missing = chain.length > 1 ? '' : `; ${MISSING}`
    return [`no trusted authority is known that issued the certificate of ${who}`, TRUST + missing]
  }
  return [`the certificate of ${who} is not trusted (${cause.message})`, TRUST]
}

const expired: Sentence = (_cause, { who, chain }, leaf) => {
  const now = clock().date()
  const bad = chain.find((each) => Date.parse(each.validTo) < now) ?? leaf
  const early = chain.find((each) => Date.parse(each.validFrom) > now)
  const which = (each: X509Certificate): string =>
    each === leaf ? `the certificate of ${who}` : `the certificate of the issuer of ${who}`
  const ours = `our clock says ${new Date(now).toISOString().slice(0, 19)}Z`
  if (early !== undefined) {
    return [`${which(early)} is not valid before ${moment(early.validFrom)}, and ${ours}`, CLOCK]
  }
  return [`${which(bad)} has expired on ${moment(bad.validTo)}, and ${ours}`, RENEW]
}

const otherHost: Sentence = (_cause, { who, name = '' }, leaf) => [
  `the certificate of ${who} is for ${some(namesOf(leaf))} and not for ${name}`,
  'use a name that it has, or pass it as tls: { servername }',
]

const revoked: Sentence = (_cause, { who }) => [
  `the certificate of ${who} was revoked by its issuer`,
  'do not connect; ask its owner for a new one',
]

function nameOf(distinguished: string): string {
  return short(distinguished.split('\n').join(', ')) || 'nobody'
}

function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName
    .split(', ')
    .map((each) => each.replace(/^(?:DNS|IP Address|URI|email):/, ''))
    .filter((each) => each !== '')
}

/** The first few: what a peer sends may be long. */
function some(names: readonly string[]): string {
  if (names.length === 0) return 'no name'
  const rest = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return names.slice(0, SHOWN).map(short).join(', ') + rest
}

function short(text: string): string {
  const plain = harmless(text)
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain
}

function day(date: string): string {
  return moment(date).slice(0, 10)
}

function moment(date: string): string {
  const time = Date.parse(date)
  return Number.isNaN(time) ? short(date) : `${new Date(time).toISOString().slice(0, 19)}Z`
}

const SENTENCES: Readonly<Record<string, Sentence>> = {
  NET_TLS_CERT_UNTRUSTED: untrusted,
  NET_TLS_CERT_EXPIRED: expired,
  NET_TLS_CERT_HOST: otherHost,
  NET_TLS_CERT_REVOKED: revoked,
}
const SHOWN = 5
const LONGEST = 100
const TRUST_ITSELF = 'if it is the right one, pass it as tls: { ca }'
const TRUST =
  'if it is the right one, pass its authority as tls: { ca }, name the file in SSL_CERT_FILE, ' +
  'or run node with --use-system-ca'
const MISSING =
  'no intermediate certificate came with it, and one may be missing in the configuration of the peer'
const RENEW = 'its owner has to renew it'
const CLOCK = 'check the clock of this machine'
