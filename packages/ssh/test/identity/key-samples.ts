/* Keys in formats that Node does not write, made in memory. */

import {
  createCipheriv,
  createHash,
  createHmac,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import * as crypto from 'node:crypto'
import { promisify } from 'node:util'

import { makeCertificate, type CertificateSpec } from '../../src/identity/certificate-maker.ts'
import type { PrivateKey } from '../../src/identity/key-material.ts'
import { keyWork } from '../../src/identity/key-work.ts'
import { fields } from '../../src/identity/wire.ts'

/** An encrypted key in OpenSSH's format: Ed25519, or what is given as `secret`. */
export function encryptedOpenssh(
  passphrase: string,
  { cipher = 'aes256-ctr', rounds = 2, secret = ed25519Secret(), keys = 1 } = {},
): string {
  const [, bits = '256', mode = 'ctr'] = /^aes(\d+)-(\w+)/.exec(cipher) ?? []
  const salt = randomBytes(16)
  const [keySize, ivSize] = [Number(bits) / 8, mode === 'gcm' ? 12 : 16]
  const job = { kind: 'bcrypt', passphrase, salt, rounds, length: keySize + ivSize } as const
  const derived = Buffer.from(keyWork(job, crypto) as Uint8Array)
  const encipher = createCipheriv(
    `aes-${bits}-${mode}` as 'aes-256-gcm',
    derived.subarray(0, keySize),
    derived.subarray(keySize),
  ).setAutoPadding(false)
  const padded = Buffer.concat([
    secret,
    Buffer.from(Array.from({ length: (16 - (secret.length % 16)) % 16 }, (_, at) => at + 1)),
  ])
  const hidden = Buffer.concat([encipher.update(padded), encipher.final()])
  const tag = mode === 'gcm' ? encipher.getAuthTag() : Buffer.alloc(0)
  const options = Buffer.concat([fields(salt), numbers(rounds)])
  return wrapped(
    Buffer.concat([
      fields(cipher, 'bcrypt', options),
      numbers(keys),
      fields(fields('ssh-ed25519', Buffer.alloc(32)), hidden),
      tag,
    ]),
  )
}

/** The bytes behind the magic of OpenSSH's format as the text of a file. */
export function wrapped(bytes: Uint8Array): string {
  const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), bytes]).toString('base64')
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`
}

/** The private half of a key of this type in OpenSSH's format, as far as it is looked at. */
export function secretOfType(type: string): Buffer {
  const check = randomBytes(4)
  return Buffer.concat([check, check, fields(type, 'x')])
}

export function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, at) => bytes.writeUInt32BE(value, at * 4))
  return bytes
}

function ed25519Secret(): Buffer {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const [publicKey, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')]
  const check = randomBytes(4)
  return Buffer.concat([
    check,
    check,
    fields('ssh-ed25519', publicKey, Buffer.concat([seed, publicKey]), 'me'),
  ])
}

/** What a PuTTY file is made of. */
export interface PuttyParts {
  readonly type: string
  readonly publicKey: Buffer
  readonly secret: Buffer
}

/** A key in PuTTY's format. */
export async function puttyText(
  { type, publicKey, secret }: PuttyParts,
  { version = 3, passphrase = '', memory = 64 } = {},
): Promise<string> {
  const encryption = passphrase === '' ? 'none' : 'aes256-cbc'
  const salt = randomBytes(16)
  const { key, iv, mac } =
    version === 2 ? oldSecrets(passphrase) : await newSecrets(passphrase, salt, memory)
  const padded = Buffer.concat([
    secret,
    Buffer.alloc(passphrase === '' ? 0 : (16 - (secret.length % 16)) % 16, 7),
  ])
  const encipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false)
  const hidden =
    passphrase === '' ? padded : Buffer.concat([encipher.update(padded), encipher.final()])
  const authentic = createHmac(version === 2 ? 'sha1' : 'sha256', mac)
    .update(fields(type, encryption, 'mine', publicKey, padded))
    .digest('hex')
  const derivation =
    version === 2 || passphrase === ''
      ? ''
      : `Key-Derivation: Argon2id\nArgon2-Memory: ${memory}\nArgon2-Passes: 2\nArgon2-Parallelism: 1\nArgon2-Salt: ${salt.toString('hex')}\n`
  return `PuTTY-User-Key-File-${version}: ${type}\nEncryption: ${encryption}\nComment: mine\nPublic-Lines: ${lines(publicKey)}\n${derivation}Private-Lines: ${lines(hidden)}\nPrivate-MAC: ${authentic}\n`
}

function oldSecrets(passphrase: string): { key: Buffer; iv: Buffer; mac: Buffer } {
  const sha1 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
    const hash = createHash('sha1')
    for (const part of parts) hash.update(part)
    return hash.digest()
  }
  const whole = Buffer.concat([sha1(numbers(0), passphrase), sha1(numbers(1), passphrase)])
  return {
    key: whole.subarray(0, 32),
    iv: Buffer.alloc(16),
    mac: sha1('putty-private-key-file-mac-key', passphrase),
  }
}

async function newSecrets(
  passphrase: string,
  salt: Buffer,
  memory: number,
): Promise<{ key: Buffer; iv: Buffer; mac: Buffer }> {
  if (passphrase === '')
    return { key: Buffer.alloc(32), iv: Buffer.alloc(16), mac: Buffer.alloc(0) }
  const derived = await promisify(crypto.argon2)('argon2id', {
    message: passphrase,
    nonce: salt,
    memory,
    passes: 2,
    parallelism: 1,
    tagLength: 80,
  })
  return { key: derived.subarray(0, 32), iv: derived.subarray(32, 48), mac: derived.subarray(48) }
}

function lines(bytes: Buffer): string {
  const all = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `${all.length}\n${all.join('\n')}`
}

/** A key of each type that SSH has, as Node makes them. */
export function everyKey(): readonly KeyObject[] {
  const curve = (namedCurve: string): KeyObject =>
    generateKeyPairSync('ec', { namedCurve }).privateKey
  return [
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
    curve('prime256v1'),
    curve('secp384r1'),
    curve('secp521r1'),
    generateKeyPairSync('ed25519').privateKey,
  ]
}

/** A certificate of this authority for a key, of what is given besides. */
export function certificateOf(
  authority: PrivateKey,
  publicKey: Uint8Array,
  spec: Partial<CertificateSpec> = {},
): Uint8Array {
  return makeCertificate(authority, {
    kind: 'user',
    publicKey,
    keyId: 'sample',
    principals: ['ada'],
    serial: 7n,
    validAfter: 0n,
    validBefore: 2n ** 64n - 1n,
    criticalOptions: {},
    extensions: ['permit-pty'],
    ...spec,
  })
}
