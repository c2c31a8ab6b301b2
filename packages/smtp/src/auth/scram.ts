/*
 * Logins that show both sides that the other one knows the password, without telling it (SCRAM, RFC 5802, 7677).
 */

import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

import { netError } from '@net/core/authoring'

import type { ChannelBinding } from './channel-binding.ts'
import type { AuthDialogue, AuthLogin, AuthMechanism } from './mechanism.ts'
import { saslPrep } from './sasl-prep.ts'

/** SCRAM with SHA-256 (RFC 7677). */
export function scramSha256(): AuthMechanism {
  return SHA_256
}

/** SCRAM with SHA-1 (RFC 5802). */
export function scramSha1(): AuthMechanism {
  return SHA_1
}

/** SCRAM with SHA-256, tied to the TLS connection (RFC 9266). */
export function scramSha256Plus(): AuthMechanism {
  return SHA_256_PLUS
}

/** SCRAM with SHA-1, tied to the TLS connection (RFC 9266). */
export function scramSha1Plus(): AuthMechanism {
  return SHA_1_PLUS
}

/** What both sides compute of the password, for a salt and a number of rounds. */
export async function scramKeys(
  hash: ScramHash,
  password: string,
  salt: Uint8Array,
  rounds: number,
): Promise<ScramKeys> {
  const bits = createHash(hash).digest().length
  const salted = await derive(saslPrep(password), salt, rounds, bits, hash)
  const client = hmac(hash, salted, 'Client Key')
  return {
    client,
    stored: createHash(hash).update(client).digest(),
    server: hmac(hash, salted, 'Server Key'),
  }
}

/** The hash of a mechanism. */
export type ScramHash = 'sha1' | 'sha256'

/** The keys of one password. */
export interface ScramKeys {
  readonly client: Buffer
  readonly stored: Buffer
  readonly server: Buffer
}

/** The attributes of a message, such as `r` and `s`, by their letters. */
export function scramAttributes(message: string): ReadonlyMap<string, string> {
  return new Map(message.split(',').map((each) => [each.slice(0, 1), each.slice(2)]))
}

/** An HMAC, as both sides use it. */
export function hmac(hash: ScramHash, key: Uint8Array, text: string): Buffer {
  return createHmac(hash, key).update(text).digest()
}

/** Bytes combined, which undoes itself. */
export function xor(one: Uint8Array, other: Uint8Array): Buffer {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)))
}

class ScramDialogue implements AuthDialogue {
  readonly #hash: ScramHash
  readonly #login: AuthLogin
  // What says whether the login is tied to the connection, and by what.
  readonly #flag: string
  readonly #header: Buffer
  readonly #nonce = randomBytes(18).toString('base64')
  #signature: Buffer | undefined
  #step = 0
  #proved = false

  constructor(hash: ScramHash, login: AuthLogin, binding: ChannelBinding | undefined) {
    this.#hash = hash
    this.#login = login
    // `y` says that we could, and saw no such offer: a server that made one knows then that somebody took it away.
    const could = login.binding !== undefined && !login.bindingOffered
    const flag = binding === undefined ? (could ? 'y' : 'n') : `p=${binding.type}`
    const data = binding === undefined ? Buffer.alloc(0) : Buffer.from(binding.data)
    this.#flag = `${flag},,`
    this.#header = Buffer.concat([Buffer.from(this.#flag), data])
  }

  async answer(challenge: Uint8Array | undefined): Promise<string | undefined> {
    this.#step += 1
    if (this.#step === 1) return `${this.#flag}${this.#bare}`
    const text = Buffer.from(challenge ?? []).toString('utf8')
    if (this.#step === 2) return this.#proof(text)
    if (this.#step === 3) return this.#verify(text)
    return undefined
  }

  accepted(): void {
    if (this.#proved) return
    throw netError('NET_PROTO_UNEXPECTED', {
      message: 'the server accepted the login without proving that it knows the password',
    })
  }

  get #bare(): string {
    const name = saslPrep(this.#login.user).replaceAll('=', '=3D').replaceAll(',', '=2C')
    return `n=${name},r=${this.#nonce}`
  }

  async #proof(challenge: string): Promise<string> {
    const told = scramAttributes(challenge)
    const nonce = told.get('r') ?? ''
    const rounds = Number(told.get('i') ?? '')
    const salt = Buffer.from(told.get('s') ?? '', 'base64')
    const isOurs = nonce.startsWith(this.#nonce) && nonce.length > this.#nonce.length
    if (!isOurs || told.has('m') || salt.length === 0 || !Number.isSafeInteger(rounds)) throw bad()
    refuseRounds(rounds)
    const keys = await scramKeys(this.#hash, this.#login.secret, salt, rounds)
    const bare = `c=${this.#header.toString('base64')},r=${nonce}`
    const all = `${this.#bare},${challenge},${bare}`
    this.#signature = hmac(this.#hash, keys.server, all)
    const proof = xor(keys.client, hmac(this.#hash, keys.stored, all))
    return `${bare},p=${proof.toString('base64')}`
  }

  #verify(challenge: string): string {
    const told = Buffer.from(scramAttributes(challenge).get('v') ?? '', 'base64')
    const due = this.#signature ?? Buffer.alloc(0)
    this.#proved = told.length === due.length && timingSafeEqual(told, due)
    if (!this.#proved && !challenge.startsWith('e=')) this.accepted()
    return ''
  }
}

/** Few rounds would let the server, or who plays it, guess the password from the proof; many would keep us busy. */
function refuseRounds(rounds: number): void {
  if (rounds >= LEAST_ROUNDS && rounds <= MOST_ROUNDS) return
  throw netError('NET_WEAK_ALGORITHM', {
    message: `the server wants the password hashed ${rounds} times, and we accept ${LEAST_ROUNDS} to ${MOST_ROUNDS} (RFC 7677)`,
  })
}

function bad(): Error {
  return netError('NET_PROTO_UNEXPECTED', {
    message: 'the server sent a challenge that is none of SCRAM',
  })
}

function scram(hash: ScramHash, name: string): AuthMechanism {
  const begin = (login: AuthLogin): AuthDialogue => new ScramDialogue(hash, login, undefined)
  return Object.freeze({ name, uses: 'password', begin })
}

function bound(hash: ScramHash, name: string): AuthMechanism {
  const begin = (login: AuthLogin): AuthDialogue => new ScramDialogue(hash, login, login.binding)
  return Object.freeze({ name: `${name}-PLUS`, uses: 'password', begin })
}

const derive = promisify(pbkdf2)
const LEAST_ROUNDS = 4096
const MOST_ROUNDS = 1_000_000
const SHA_256: AuthMechanism = scram('sha256', 'SCRAM-SHA-256')
const SHA_1: AuthMechanism = scram('sha1', 'SCRAM-SHA-1')
const SHA_256_PLUS: AuthMechanism = bound('sha256', 'SCRAM-SHA-256')
const SHA_1_PLUS: AuthMechanism = bound('sha1', 'SCRAM-SHA-1')
