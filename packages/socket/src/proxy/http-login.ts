/*
 * How an HTTP proxy is told who asks: by Basic (RFC 7617), unasked or once it has asked, and by Digest (RFC 7616) from its first
 * challenge of that kind on, after which it gets Basic no more. It must not know how requests and answers are written.
 */

import { claimSecrets, harmless, holdSecret, netError } from '@net/core/authoring'
import type { NetError } from '@net/core'

import { parseChallenges } from './challenges.ts'
import { digestAnswer, digestIn, type DigestChallenge } from './digest-answer.ts'
import type { RevealedLogin } from './hop.ts'

/** What is asked for, as the request line has it. */
export interface AskedTarget {
  readonly method: string
  readonly target: string
}

/** The login of one request after the other over one connection. */
export interface LoginTalk {
  /** The value of `Proxy-Authorization` for the next request; undefined while the proxy has not asked for it. */
  authorization(asked: AskedTarget): string | undefined
  /**
   * The proxy refused the last one, with these challenges. Returns whether another one may be accepted. Throws
   * `NET_PROXY_AUTH` where Digest cannot carry the user.
   */
  refused(challenges: readonly string[]): boolean
  /** The proxy accepted the last one. */
  accepted(): void
}

/** Whether a proxy is told who asks by Basic with the first request, or once it has asked for a login. */
export type ProxyLoginTime = 'unasked' | 'asked'

/** The logins of one proxy. */
export class HttpLogin {
  readonly #basic = basicOnce()
  /** Whether the proxy gets Basic. */
  #givesBasic: boolean
  #nonce: Nonce | undefined

  constructor(time: ProxyLoginTime = 'unasked') {
    this.#givesBasic = time === 'unasked'
  }

  /** The login of one connection. */
  talk(who: RevealedLogin): LoginTalk {
    let used: Nonce | undefined
    let isTold = this.#givesBasic
    let isFirst = false
    /** That of this connection's last refusal. */
    let own: Nonce | undefined
    return {
      authorization: (asked) => {
        used = this.#nonce
        isTold = used !== undefined || this.#givesBasic
        if (used === undefined) return isTold ? this.#basic(who) : undefined
        isFirst = used.count === 0
        return digestWith(used, who, asked)
      },
      refused: (challenges) => {
        const challenge = digestOffered(challenges)
        if (challenge === undefined) {
          this.#givesBasic ||= takesBasic(challenges)
          return !isTold && this.#givesBasic
        }
        tryOut(challenge, who)
        const isForeign = used !== own
        own = this.#challenged(challenge)
        // A nonce ends at some time, or is good for one connection; else the refusal means the user and the password.
        if (used === undefined || used.isProven) return true
        return !isFirst && (challenge.stale || isForeign)
      },
      accepted: () => {
        if (used !== undefined) used.isProven = true
      },
    }
  }

  /** A new nonce; that of the present one once more changes nothing. */
  #challenged(challenge: DigestChallenge): Nonce {
    const present = this.#nonce
    if (present?.challenge.nonce === challenge.nonce) return present
    const cnonce = crypto.randomUUID().replaceAll('-', '')
    this.#nonce = { challenge, cnonce, count: 0, isProven: false }
    return this.#nonce
  }
}

interface Nonce {
  readonly challenge: DigestChallenge
  readonly cnonce: string
  /** How often it was used. */
  count: number
  /** Whether the proxy has accepted an answer with it. */
  isProven: boolean
}

/** What 407 means: `loggedIn` if the proxy was told who asks, `challenges` are the values of `Proxy-Authenticate`. */
export function unauthorized(
  text: string,
  loggedIn: boolean,
  challenges: readonly string[],
): NetError {
  const reply = { status: 407, text }
  const schemes = [...new Set(challenges.flatMap(schemesIn))]
  const isKnown = takesBasic(challenges) || digestOffered(challenges) !== undefined
  const required = loggedIn
    ? 'the proxy refused user and password'
    : 'the proxy requires a user and a password'
  const offered = schemes
    .slice(0, MOST_TOLD)
    .map((scheme) => harmless(scheme))
    .join(', ')
  const message = isKnown
    ? required
    : `the proxy takes only ${offered} as login, and the client has Basic and Digest (MD5, SHA-256, SHA-512-256); for NTLM and Negotiate run a local proxy that logs in there`
  return netError('NET_PROXY_AUTH', { message, reply })
}

/** The first Digest challenge that can be answered without the body of the request. */
function digestOffered(challenges: readonly string[]): DigestChallenge | undefined {
  for (const line of challenges) {
    // Its words go back to the proxy in a line of ours.
    if (CONTROL.test(line)) continue
    for (const challenge of parseChallenges(line)) {
      const found = digestIn([challenge])
      if (found !== undefined && found.qop !== 'auth-int') return found
    }
  }
  return undefined
}

/** What cannot be answered is told now, and not when the next request leaves. */
function tryOut(challenge: DigestChallenge, who: RevealedLogin): void {
  try {
    digestAnswer(challenge, who, { method: '', uri: '', count: 1, cnonce: '' })
  } catch (cause) {
    const message = 'the proxy asks for a login by Digest, and there is none for this user'
    throw netError('NET_PROXY_AUTH', { message, cause, phase: 'proxy' })
  }
}

function digestWith(nonce: Nonce, who: RevealedLogin, { method, target }: AskedTarget): string {
  nonce.count += 1
  const { challenge, cnonce, count } = nonce
  return digestAnswer(challenge, who, { method, uri: target, count, cnonce })
}

/** Basic authentication (RFC 7617). What goes on the wire is the pair as a whole, which is kept out of all messages too. */
function basicOnce(): (login: RevealedLogin) => string {
  let last: { readonly pair: string; readonly header: string } | undefined
  return ({ user, password, owners }) => {
    const pair = `${user}:${password}`
    if (last?.pair !== pair) {
      last = { pair, header: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` }
      holdSecret(pair, last)
    }
    for (const owner of owners) claimSecrets(last, owner)
    return last.header
  }
}

/** Whether Basic may be what is asked for: also where the proxy does not say what. */
function takesBasic(challenges: readonly string[]): boolean {
  const schemes = challenges.flatMap(schemesIn)
  return schemes.length === 0 || schemes.some((scheme) => /^basic$/i.test(scheme))
}

/** The schemes of a list of challenges (RFC 9110, section 11.6.1): words that no `=` follows. */
function schemesIn(challenges: string): string[] {
  const parts = challenges.replace(/"(?:[^"\\]|\\.)*"?/g, '').split(',')
  return parts.flatMap((part) => SCHEME.exec(part)?.[1] ?? [])
}

const MOST_TOLD = 8
const SCHEME = /^[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?:[ \t]+|$)(?!=)/
const CONTROL = /[^\t -~\u0080-\u00ff]/
