/* The mechanisms of OAuth: a bearer token in place of a password. */

import type { AuthDialogue, AuthLogin, AuthMechanism } from './mechanism.ts'

/** A bearer token as Google and Microsoft take it. */
export function xoauth2(): AuthMechanism {
  return XOAUTH2
}

/** A bearer token by the standard (RFC 7628). */
export function oauthbearer(): AuthMechanism {
  return OAUTHBEARER
}

class TokenDialogue implements AuthDialogue {
  explanation: string | undefined
  readonly #message: string
  readonly #end: string
  #begun = false

  /** `end` answers the server's account of a refusal, which it sends as a challenge. */
  constructor(message: string, end: string) {
    this.#message = message
    this.#end = end
  }

  answer(challenge: Uint8Array | undefined): string | undefined {
    if (!this.#begun) {
      this.#begun = true
      return this.#message
    }
    if (challenge === undefined || this.explanation !== undefined) return undefined
    this.explanation = explanationOf(challenge)
    return this.#end
  }
}

/** Status and scope of the JSON that a server sends with a refusal (RFC 7628, section 3.2.2). */
function explanationOf(challenge: Uint8Array): string {
  try {
    const told: unknown = JSON.parse(Buffer.from(challenge).toString('utf8'))
    return ['status', 'scope']
      .map((key) => [key, Reflect.get(Object(told) as object, key)] as const)
      .filter(([, value]) => typeof value === 'string' && PRINTABLE.test(value))
      .map(([key, value]) => `${key} ${String(value)}`)
      .join(', ')
  } catch {
    return ''
  }
}

const PRINTABLE = /^[ -~]{1,200}$/
// A field is ended by this, and the message by one more.
const SEPARATOR = '\u0001'
const XOAUTH2: AuthMechanism = Object.freeze({
  name: 'XOAUTH2',
  uses: 'token',
  begin: ({ user, secret }: AuthLogin) =>
    new TokenDialogue(`user=${user}${SEPARATOR}auth=Bearer ${secret}${SEPARATOR}${SEPARATOR}`, ''),
})
const OAUTHBEARER: AuthMechanism = Object.freeze({
  name: 'OAUTHBEARER',
  uses: 'token',
  begin: ({ user, secret, host, port }: AuthLogin) => {
    const name = user.replaceAll('=', '=3D').replaceAll(',', '=2C')
    const header = user === '' ? 'n,,' : `n,a=${name},`
    const fields = [header, `host=${host}`, `port=${port}`, `auth=Bearer ${secret}`]
    return new TokenDialogue(`${fields.join(SEPARATOR)}${SEPARATOR}${SEPARATOR}`, SEPARATOR)
  },
})
