/* What a client sends to log in, step by step, and what the server asks: the server's side of each mechanism. */

import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'

import { hmac, scramAttributes, xor, type ScramHash } from '../auth/scram.ts'
import { saslPrep } from '../auth/sasl-prep.ts'

/** Who may log in. */
export interface Accounts {
  /** Passwords by user. */
  readonly users: Readonly<Record<string, string>>
  /** Bearer tokens by user. */
  readonly tokens: Readonly<Record<string, string>>
}

/** What the server says to a line: another challenge, a refusal, or that the user is in. */
export type LoginOutcome =
  | { readonly challenge: string }
  | { readonly user: string }
  | 'refused'
  | 'malformed'

/** Takes what the client says, decoded; undefined for AUTH without an answer. */
export type LoginStep = (answer: Buffer | undefined) => LoginOutcome

/** Begins a login; undefined for a mechanism that is not known. */
export function beginLogin(mechanism: string, accounts: Accounts): LoginStep | undefined {
  return BEGIN[mechanism]?.(accounts)
}

/** What a line in base64 stands for; undefined for other text. */
export function decoded(line: string): Buffer | undefined {
  if (line === '=') return Buffer.alloc(0)
  return BASE64.test(line) ? Buffer.from(line, 'base64') : undefined
}

function knows(table: Readonly<Record<string, string>>, user: string, secret: string): boolean {
  return Object.hasOwn(table, user) && table[user] === secret
}

function judged(
  table: Readonly<Record<string, string>>,
  user: string,
  secret: string,
): LoginOutcome {
  return knows(table, user, secret) ? { user } : 'refused'
}

function plain({ users }: Accounts): LoginStep {
  return (answer) => {
    if (answer === undefined) return { challenge: '' }
    const [, user, password] = answer.toString('utf8').split('\0')
    return user === undefined || password === undefined
      ? 'malformed'
      : judged(users, user, password)
  }
}

function login({ users }: Accounts): LoginStep {
  let user: string | undefined
  return (answer) => {
    if (answer === undefined) return { challenge: 'Username:' }
    const text = answer.toString('utf8')
    if (user !== undefined) return judged(users, user, text)
    user = text
    return { challenge: 'Password:' }
  }
}

function cramMd5({ users }: Accounts): LoginStep {
  const challenge = `<${randomBytes(8).toString('hex')}@mail.test>`
  return (answer) => {
    if (answer === undefined) return { challenge }
    const text = answer.toString('utf8')
    const user = text.slice(0, Math.max(text.lastIndexOf(' '), 0))
    const password = Object.hasOwn(users, user) ? users[user] : undefined
    if (password === undefined) return 'refused'
    const digest = createHmac('md5', password).update(challenge).digest('hex')
    return text === `${user} ${digest}` ? { user } : 'refused'
  }
}

/** A bearer token; the account of a refusal comes as a challenge, and the refusal behind the answer to it. */
function bearer({ tokens }: Accounts): LoginStep {
  let isTold = false
  return (answer) => {
    if (answer === undefined) return { challenge: '' }
    if (isTold) return 'refused'
    const text = answer.toString('utf8')
    const user = /(?:^|\u0001)user=([^\u0001]*)\u0001/.exec(text)?.[1] ?? gs2User(text)
    const token = /\u0001auth=Bearer ([^\u0001]*)\u0001\u0001$/.exec(text)?.[1]
    if (user === undefined || token === undefined) return 'malformed'
    if (knows(tokens, user, token)) return { user }
    isTold = true
    return { challenge: JSON.stringify({ status: '400', schemes: 'Bearer', scope: 'mail.send' }) }
  }
}

function gs2User(text: string): string | undefined {
  const name = /^n,a=([^,]*),/.exec(text)?.[1]
  return name?.replaceAll('=2C', ',').replaceAll('=3D', '=')
}

function scram(hash: ScramHash): (accounts: Accounts) => LoginStep {
  return ({ users }) => {
    const salt = randomBytes(12)
    let step = 0
    let user = ''
    let before = ''
    let expected = ''
    const first = (text: string): LoginOutcome => {
      const [, bare = ''] = /^[ny],(?:a=[^,]*)?,(n=.*)$/.exec(text) ?? []
      const told = scramAttributes(bare)
      user = (told.get('n') ?? '').replaceAll('=2C', ',').replaceAll('=3D', '=')
      expected = `${told.get('r') ?? ''}${randomBytes(9).toString('base64')}`
      const challenge = `r=${expected},s=${salt.toString('base64')},i=${ROUNDS}`
      before = `${bare},${challenge}`
      return bare === '' ? 'malformed' : { challenge }
    }
    const second = (text: string): LoginOutcome => {
      const known = Object.entries(users).find(([name]) => saslPrep(name) === user)
      const proof = Buffer.from(/,p=(.*)$/.exec(text)?.[1] ?? '', 'base64')
      const bare = text.replace(/,p=.*$/, '')
      if (known === undefined || scramAttributes(bare).get('r') !== expected) return 'refused'
      const { length } = createHash(hash).digest()
      const salted = pbkdf2Sync(saslPrep(known[1]), salt, ROUNDS, length, hash)
      const stored = createHash(hash)
        .update(hmac(hash, salted, 'Client Key'))
        .digest()
      const all = `${before},${bare}`
      const claimed = xor(proof, hmac(hash, stored, all))
      const isRight =
        proof.length === length &&
        timingSafeEqual(createHash(hash).update(claimed).digest(), stored)
      if (!isRight) return 'refused'
      user = known[0]
      const signature = hmac(hash, hmac(hash, salted, 'Server Key'), all)
      return { challenge: `v=${signature.toString('base64')}` }
    }
    return (answer) => {
      if (answer === undefined) return { challenge: '' }
      step += 1
      const text = answer.toString('utf8')
      if (step === 1) return first(text)
      return step === 2 ? second(text) : { user }
    }
  }
}

function external(): LoginStep {
  return (answer) =>
    answer === undefined ? { challenge: '' } : { user: answer.toString('utf8') || 'certificate' }
}

const BEGIN: Readonly<Record<string, (accounts: Accounts) => LoginStep>> = {
  PLAIN: plain,
  LOGIN: login,
  'CRAM-MD5': cramMd5,
  'SCRAM-SHA-1': scram('sha1'),
  'SCRAM-SHA-256': scram('sha256'),
  XOAUTH2: bearer,
  OAUTHBEARER: bearer,
  EXTERNAL: external,
}
const ROUNDS = 4096
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/
