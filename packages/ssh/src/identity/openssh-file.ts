/*
 * A private key in OpenSSH's own format (PROTOCOL.key of OpenSSH): what it is, and its decryption. Never says a word of
 * the key itself.
 */

import { createCipheriv, createDecipheriv, randomBytes, type CipherGCMTypes } from 'node:crypto'

import { isNetError } from '@net/core'

import { invalid } from './invalid-key.ts'
import { privateKeyOf, readSecretFields, secretFieldsOf, type PrivateKey } from './key-material.ts'
import { inKeyThread } from './key-thread.ts'
import { fields, FieldReader, uint32 } from './wire.ts'

/** A key file, taken apart. */
export interface OpensshFile {
  readonly encrypted: boolean
  readonly cipher: string
  readonly salt: Uint8Array
  readonly rounds: number
  /** The public half in wire format. */
  readonly publicKey: Uint8Array
  /** The private half, encrypted or not. */
  readonly secret: Uint8Array
  /** What proves that the private half was not changed, where the cipher does that. */
  readonly tag: Uint8Array
}

/** Takes the text of a key file apart. Throws `NET_CREDENTIAL_INVALID`. */
export function readOpensshFile(block: string): OpensshFile {
  const bytes = Buffer.from(block.split('\n').slice(1, -1).join(''), 'base64')
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) throw damaged()
  const reader = new FieldReader(bytes.subarray(MAGIC.length))
  const file = readable(() => {
    const [cipher, derivation] = [reader.text(), reader.text()]
    const options = new FieldReader(reader.field())
    const [salt, rounds] =
      derivation === 'bcrypt' ? [options.field(), options.number()] : [Buffer.alloc(0), 0]
    const keys = reader.number()
    const [publicKey, secret] = [reader.field(), reader.field()]
    const tag = reader.rest()
    return { derivation, keys, cipher, salt, rounds, publicKey, secret, tag }
  })
  const { keys, derivation, ...rest } = file
  const encrypted = rest.cipher !== 'none'
  if (keys !== 1) throw invalid(`it holds ${keys} keys, and one is needed`)
  if (encrypted) checkEncryption(derivation, rest)
  return { ...rest, encrypted }
}

/** Reads the key. Rejects with `NET_CREDENTIAL_INVALID`, also for a wrong passphrase, and with the signal's reason. */
export async function openOpensshFile(
  file: OpensshFile,
  passphrase: string,
  signal?: AbortSignal,
): Promise<PrivateKey> {
  const secret = file.encrypted ? await decrypted(file, passphrase, signal) : file.secret
  checkSecret(secret, file)
  const reader = new FieldReader(secret.subarray(8))
  try {
    const key = readSecretFields(reader)
    return privateKeyOf(key, reader.field().toString('utf8'))
  } catch (error) {
    throw isNetError(error) ? error : damaged(error)
  }
}

/** The text of a key file, encrypted if there is a passphrase: bcrypt in so many rounds, then AES-256 in counter mode. */
export async function formatOpensshFile(
  key: PrivateKey,
  {
    passphrase = '',
    rounds = ROUNDS,
    comment = key.comment,
  }: { passphrase?: string; rounds?: number; comment?: string } = {},
): Promise<string> {
  if (passphrase === '') return plainOpensshFile(key, comment)
  const cipher = 'aes256-ctr'
  const salt = randomBytes(16)
  const job = { kind: 'bcrypt', passphrase, salt, rounds, length: 48 } as const
  const derived = (await inKeyThread(job)) as Uint8Array
  const encipher = createCipheriv('aes-256-ctr', derived.slice(0, 32), derived.slice(32))
  const secret = Buffer.concat([encipher.update(secretOf(key, comment, 16)), encipher.final()])
  const options = Buffer.concat([fields(salt), uint32(rounds)])
  return armored(fields(cipher, 'bcrypt', options), key, secret)
}

/** The text of a key file that is not encrypted. */
export function plainOpensshFile(key: PrivateKey, comment: string = key.comment): string {
  return armored(fields('none', 'none', ''), key, secretOf(key, comment, 8))
}

function armored(head: Uint8Array, key: PrivateKey, secret: Uint8Array): string {
  const body = Buffer.concat([Buffer.from(MAGIC), head, uint32(1), fields(key.blob, secret)])
  const lines = body.toString('base64').match(/.{1,70}/g) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

function secretOf(key: PrivateKey, comment: string, block: number): Buffer {
  const check = randomBytes(4)
  const plain = Buffer.concat([check, check, secretFieldsOf(key), fields(comment)])
  const missing = (block - (plain.length % block)) % block
  const padding = Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))
  return Buffer.concat([plain, padding])
}

function checkEncryption(
  derivation: string,
  { cipher, rounds }: Pick<OpensshFile, 'cipher' | 'rounds'>,
): void {
  if (derivation !== 'bcrypt') throw invalid(`its passphrase is hashed by ${derivation}`)
  if (!CIPHERS.has(cipher)) {
    throw invalid(
      `it is encrypted with ${cipher}, which is not read here; ssh-keygen -p -Z aes256-ctr -f FILE changes that`,
    )
  }
  // Each round costs milliseconds: a file could hold a thread for days.
  if (rounds > MOST_ROUNDS) {
    throw invalid(`its passphrase is hashed in more than ${MOST_ROUNDS} rounds`)
  }
}

async function decrypted(
  { cipher, salt, rounds, secret, tag }: OpensshFile,
  passphrase: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { name, key, iv } = CIPHERS.get(cipher) ?? { name: '', key: 0, iv: 0 }
  const job = { kind: 'bcrypt', passphrase, salt, rounds, length: key + iv } as const
  const derived = (await inKeyThread(job, signal)) as Uint8Array
  try {
    const decipher = createDecipheriv(
      name as CipherGCMTypes,
      derived.slice(0, key),
      derived.slice(key),
    )
    if (name.endsWith('-gcm')) decipher.setAuthTag(tag)
    else decipher.setAutoPadding(false)
    return Buffer.concat([decipher.update(secret), decipher.final()])
  } catch (error) {
    throw name.endsWith('-gcm') ? wrongPassphrase(error) : damaged(error)
  }
}

/** A number stands twice in front of the key: it differs where the passphrase was another one. */
function checkSecret(secret: Uint8Array, { encrypted }: OpensshFile): void {
  const reader = new FieldReader(secret)
  const type = readable(() => {
    if (reader.number() !== reader.number()) throw encrypted ? wrongPassphrase() : damaged()
    return reader.text()
  })
  if (type === 'ssh-dss') throw invalid('it is a DSA key, which is no longer safe')
  if (type.startsWith('sk-')) {
    throw invalid(`it is the key of a security device (${type}), and these are not supported`)
  }
  if (!TYPES.has(type)) throw invalid(`keys of the type ${type} are not supported`)
  if (type !== 'ssh-rsa') return
  // What follows computes with it.
  const length = readable(() => reader.field().length)
  if (length > LONGEST_MODULUS) throw invalid(`its modulus is longer than ${LONGEST_MODULUS} bytes`)
}

function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof RangeError ? damaged(error) : error
  }
}

function damaged(cause?: unknown): Error {
  return invalid('its text is damaged', cause)
}

function wrongPassphrase(cause?: unknown): Error {
  return invalid('its passphrase is wrong', cause)
}

const MAGIC = 'openssh-key-v1\0'
const ROUNDS = 16
const MOST_ROUNDS = 1024
const LONGEST_MODULUS = 2049
const TYPES: ReadonlySet<string> = new Set([
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
])
const CIPHERS: ReadonlyMap<
  string,
  { readonly name: string; readonly key: number; readonly iv: number }
> = new Map([
  ...[128, 192, 256].flatMap((bits) =>
    ['ctr', 'cbc'].map((mode): [string, { name: string; key: number; iv: number }] => [
      `aes${bits}-${mode}`,
      { name: `aes-${bits}-${mode}`, key: bits / 8, iv: 16 },
    ]),
  ),
  ...[128, 256].map((bits): [string, { name: string; key: number; iv: number }] => [
    `aes${bits}-gcm@openssh.com`,
    { name: `aes-${bits}-gcm`, key: bits / 8, iv: 12 },
  ]),
  ['3des-cbc', { name: 'des-ede3-cbc', key: 24, iv: 8 }],
])
