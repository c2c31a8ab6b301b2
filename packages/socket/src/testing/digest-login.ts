/*
 * Digest authentication (RFC 7616, with MD5) as a test proxy asks for it. It computes what it expects on its own, apart from
 * the client.
 */

import { createHash, randomUUID } from 'node:crypto'

/** What was asked for, as the request line has it. */
export interface DigestAsked {
  readonly method: string
  readonly target: string
}

/** The logins of one test proxy. */
export class DigestLogin {
  readonly #users: Readonly<Record<string, string>>
  readonly #nonce: string = randomUUID()
  /** The numbers that the nonce was used with. */
  readonly #used = new Set<string>()

  constructor(users: Readonly<Record<string, string>>) {
    this.#users = users
  }

  /** The value of `Proxy-Authenticate`. */
  get challenge(): string {
    return `Digest realm="${REALM}", nonce="${this.#nonce}", qop="auth", algorithm=MD5`
  }

  /** Who asks; undefined if that is not proved, or was proved with the same number before. */
  userOf(authorization: string, { method, target }: DigestAsked): string | undefined {
    if (!authorization.startsWith('Digest ')) return undefined
    const said = new Map<string, string>()
    for (const [, name = '', quoted, bare = ''] of authorization.matchAll(FIELD))
      said.set(name, quoted ?? bare)
    const user = said.get('username') ?? ''
    const nc = said.get('nc') ?? ''
    if (!Object.hasOwn(this.#users, user) || this.#used.has(nc)) return undefined
    const secret = md5(`${user}:${REALM}:${this.#users[user]}`)
    const between = `${this.#nonce}:${nc}:${said.get('cnonce')}:auth`
    const expected = md5(`${secret}:${between}:${md5(`${method}:${target}`)}`)
    if (said.get('response') !== expected) return undefined
    this.#used.add(nc)
    return user
  }
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

const REALM = 'test'
const FIELD = /(\w+)=(?:"([^"]*)"|([^\s,]+))/g
