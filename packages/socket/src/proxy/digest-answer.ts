/*
 * The answer to a Digest challenge (RFC 7616): which challenge is taken, and the value of `Authorization` for a request. It
 * must not know calls.
 */

import { netError } from '@net/core/authoring'

import type { Challenge } from './challenges.ts'

/** A challenge that can be answered. */
export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | undefined
  /** As the server wrote it; undefined where it named none, which means MD5. */
  readonly algorithm: string | undefined
  /** Undefined for servers of RFC 2069. */
  readonly qop: 'auth' | 'auth-int' | undefined
  readonly stale: boolean
  readonly userhash: boolean
  readonly utf8: boolean
}

/** Who answers. */
export interface DigestUser {
  readonly user: string
  readonly password: string
}

/** What is asked for. */
export interface DigestRequest {
  readonly method: string
  /** The target as the request line has it. */
  readonly uri: string
  /** The digest of the body, for `auth-int`. */
  readonly bodyHash?: string | undefined
  /** How often the nonce has been used, this time included. */
  readonly count: number
  readonly cnonce: string
}

/** The first challenge that can be answered, in the server's order; undefined if there is none. */
export function digestIn(challenges: readonly Challenge[]): DigestChallenge | undefined {
  for (const { scheme, params } of challenges) {
    const found = scheme === 'digest' ? challengeOf(params) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** The value of `Authorization` or `Proxy-Authorization`. */
export function digestAnswer(
  challenge: DigestChallenge,
  { user, password }: DigestUser,
  request: DigestRequest,
): string {
  const { realm, nonce, opaque, algorithm, qop, userhash } = challenge
  const { method, uri, cnonce, bodyHash = '' } = request
  const hash = hashOf(algorithm)
  const count = request.count.toString(16).padStart(8, '0')
  const plain = hash(`${user}:${realm}:${password}`)
  const secret = isSession(algorithm) ? hash(`${plain}:${nonce}:${cnonce}`) : plain
  const asked = hash(qop === 'auth-int' ? `${method}:${uri}:${bodyHash}` : `${method}:${uri}`)
  const between = qop === undefined ? nonce : `${nonce}:${count}:${cnonce}:${qop}`
  const fields = [
    userhash ? `username="${hash(`${user}:${realm}`)}"` : userField(user, challenge),
    `realm="${quoted(realm)}"`,
    `nonce="${quoted(nonce)}"`,
    `uri="${quoted(uri)}"`,
    `response="${hash(`${secret}:${between}:${asked}`)}"`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(opaque === undefined ? [] : [`opaque="${quoted(opaque)}"`]),
    ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${count}`, `cnonce="${cnonce}"`]),
    ...(userhash ? ['userhash=true'] : []),
  ]
  return `Digest ${fields.join(', ')}`
}

/** The digest of a text or of bytes by this algorithm, in hexadecimal. */
export function hashOf(algorithm: string | undefined): (data: string | Uint8Array) => string {
  const name = HASHES.get(plainName(algorithm)) ?? 'md5'
  return (data) => startHash(name).update(data).digest('hex')
}

/** A digest that is fed piece by piece. */
export function hashing(algorithm: string | undefined): import('node:crypto').Hash {
  return startHash(HASHES.get(plainName(algorithm)) ?? 'md5')
}

function challengeOf(params: ReadonlyMap<string, string>): DigestChallenge | undefined {
  const nonce = params.get('nonce')
  const algorithm = params.get('algorithm')
  const offered = params.get('qop')
  const qop = offered === undefined ? undefined : qopIn(offered)
  if (nonce === undefined || !HASHES.has(plainName(algorithm)) || qop === 'unknown')
    return undefined
  return {
    realm: params.get('realm') ?? '',
    nonce,
    opaque: params.get('opaque'),
    algorithm,
    qop,
    stale: params.get('stale')?.toLowerCase() === 'true',
    userhash: params.get('userhash')?.toLowerCase() === 'true',
    utf8: params.get('charset')?.toLowerCase() === 'utf-8',
  }
}

function qopIn(offered: string): 'auth' | 'auth-int' | 'unknown' | undefined {
  const names = offered.toLowerCase().split(/[\s,]+/)
  if (names.includes('auth')) return 'auth'
  if (names.includes('auth-int')) return 'auth-int'
  return offered.trim() === '' ? undefined : 'unknown'
}

/** A header has no letters beyond Latin-1; where the server says so, they go percent-encoded (RFC 7616 section 3.4.4). */
function userField(user: string, { utf8 }: DigestChallenge): string {
  const isPlain = !BEYOND_ASCII.test(user)
  if (isPlain) return `username="${quoted(user)}"`
  if (utf8) return `username*=UTF-8''${encodeURIComponent(user).replace(/['()*]/g, percent)}`
  if (!BEYOND_LATIN1.test(user)) return `username="${quoted(user)}"`
  throw netError('NET_AUTH_NO_METHOD', {
    message: 'the user has letters that Digest authentication of this server cannot carry',
  })
}

function percent(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`
}

function quoted(text: string): string {
  return text.replace(/["\\]/g, String.raw`\$&`)
}

function isSession(algorithm: string | undefined): boolean {
  return algorithm?.toLowerCase().endsWith('-sess') === true
}

function plainName(algorithm: string | undefined): string {
  return (algorithm ?? 'md5').toLowerCase().replace(/-sess$/, '')
}

function startHash(name: string): import('node:crypto').Hash {
  return process.getBuiltinModule('node:crypto').createHash(name)
}

const HASHES: ReadonlyMap<string, string> = new Map([
  ['md5', 'md5'],
  ['sha', 'sha1'],
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
  ['sha-512-256', 'sha512-256'],
])
const BEYOND_ASCII: RegExp = new RegExp('[^\\u0020-\\u007e]')
const BEYOND_LATIN1: RegExp = new RegExp('[^\\u0020-\\u00ff]')
