/*
 * A private key in PuTTY's format, version 2 and 3 (PuTTY's manual, appendix C): taken apart, decrypted, checked. Never
 * says a word of the key itself.
 */

import {
  createDecipheriv,
  createHash,
  createHmac,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'
import * as nodeCrypto from 'node:crypto'
import { promisify } from 'node:util'

import { isNetError } from '@net/core'

import { invalid } from './invalid-key.ts'
import { ecKey, ed25519Key, rsaKey } from './key-material.ts'
import { fields, FieldReader } from './wire.ts'

/** Whether the text needs a passphrase. */
export function isPuttyEncrypted(text: string): boolean {
  return !/^Encryption: none$/m.test(text)
}

/** The comment of the key. */
export function puttyComment(text: string): string {
  return /^Comment: (.*)$/m.exec(text)?.[1] ?? ''
}

/** Reads the key. Rejects with `NET_CREDENTIAL_INVALID`, also for a wrong passphrase. */
export async function openPuttyFile(text: string, passphrase: string): Promise<KeyObject> {
  const file = readFile(text)
  const secrets = await secretsOf(file, passphrase)
  const secret = decrypted(file, secrets)
  const authentic = createHmac(file.version === 2 ? 'sha1' : 'sha256', secrets.mac)
    .update(fields(file.type, file.encryption, file.comment, file.publicKey, secret))
    .digest()
  const given = Buffer.from(file.mac, 'hex')
  const isAuthentic = given.length === authentic.length && timingSafeEqual(given, authentic)
  if (!isAuthentic) {
    throw invalid(
      file.encryption !== 'none' && !isReadable(secret)
        ? 'its passphrase is wrong'
        : 'its text is damaged',
    )
  }
  try {
    return keyOf(file, secret)
  } catch (error) {
    throw isNetError(error) ? error : invalid('its text is damaged', error)
  }
}

interface PuttyFile {
  readonly version: 2 | 3
  readonly type: string
  readonly encryption: string
  readonly comment: string
  readonly publicKey: Buffer
  readonly secret: Buffer
  readonly mac: string
  readonly header: (name: string) => string
}

interface Secrets {
  readonly key: Uint8Array
  readonly iv: Uint8Array
  readonly mac: Uint8Array
}

function readFile(text: string): PuttyFile {
  const [, version = ''] = /^PuTTY-User-Key-File-(\d+):/.exec(text) ?? []
  if (version !== '2' && version !== '3') {
    throw invalid(`it is in version ${version} of PuTTY's format; PuTTYgen of today saves it anew`)
  }
  const { headers, blocks } = parts(text)
  const header = (name: string): string => headers.get(name) ?? ''
  const [publicKey, secret] = [blocks.get('Public-Lines'), blocks.get('Private-Lines')]
  if (publicKey === undefined || secret === undefined) throw invalid('its text is damaged')
  const encryption = header('Encryption')
  if (encryption !== 'none' && encryption !== 'aes256-cbc') {
    throw invalid(`it is encrypted with ${encryption}, which PuTTY's format does not have`)
  }
  return {
    version: version === '2' ? 2 : 3,
    type: header(`PuTTY-User-Key-File-${version}`),
    encryption,
    comment: header('Comment'),
    publicKey,
    secret,
    mac: header('Private-MAC'),
    header,
  }
}

/** The headers, and the lines of base64 behind those that count them. */
function parts(text: string): {
  readonly headers: ReadonlyMap<string, string>
  readonly blocks: ReadonlyMap<string, Buffer>
} {
  const lines = text.split('\n')
  const headers = new Map<string, string>()
  const blocks = new Map<string, Buffer>()
  for (let at = 0; at < lines.length; at++) {
    const [, name = '', value = ''] = HEADER.exec(lines[at] ?? '') ?? []
    headers.set(name, value)
    if (!name.endsWith('-Lines')) continue
    const end = at + Number(value)
    blocks.set(name, Buffer.from(lines.slice(at + 1, end + 1).join(''), 'base64'))
    // A count that makes no sense ends the reading.
    at = end >= at ? end : lines.length
  }
  return { headers, blocks }
}

async function secretsOf(file: PuttyFile, passphrase: string): Promise<Secrets> {
  if (file.version === 3) {
    return file.encryption === 'none'
      ? { key: NONE, iv: NONE, mac: NONE }
      : argon2Secrets(file, passphrase)
  }
  const sha1 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
    const hash = createHash('sha1')
    for (const part of parts) hash.update(part)
    return hash.digest()
  }
  const given = file.encryption === 'none' ? '' : passphrase
  const [first, second] = [0, 1].map((number) => sha1(Uint8Array.of(0, 0, 0, number), given))
  return {
    key: Buffer.concat([first ?? NONE, second ?? NONE]).subarray(0, 32),
    iv: Buffer.alloc(16),
    mac: sha1('putty-private-key-file-mac-key', given),
  }
}

async function argon2Secrets({ header }: PuttyFile, passphrase: string): Promise<Secrets> {
  const derivation = header('Key-Derivation')
  const kind = DERIVATIONS.get(derivation)
  if (kind === undefined) throw invalid(`its passphrase is hashed by ${derivation}`)
  const [memory, passes, parallelism] = ['Memory', 'Passes', 'Parallelism'].map((name) =>
    Number(header(`Argon2-${name}`)),
  ) as [number, number, number]
  const salt = Buffer.from(header('Argon2-Salt'), 'hex')
  if (!(memory <= MOST_MEMORY && memory * passes <= MOST_WORK && parallelism <= MOST_LANES)) {
    throw invalid('its passphrase is hashed with more memory or work than is done here')
  }
  const { argon2 } = nodeCrypto
  // Node has it since 24.7.
  if (typeof argon2 !== 'function') {
    throw invalid(
      `its passphrase is hashed by ${derivation}, which this Node.js does not have; puttygen FILE -O private-openssh-new -o NEW converts it`,
    )
  }
  const derived = await promisify(argon2)(kind, {
    message: passphrase,
    nonce: salt,
    memory,
    passes,
    parallelism,
    tagLength: 80,
  }).catch((error: unknown) => {
    throw invalid('its text is damaged', error)
  })
  return { key: derived.subarray(0, 32), iv: derived.subarray(32, 48), mac: derived.subarray(48) }
}

function decrypted({ encryption, secret }: PuttyFile, { key, iv }: Secrets): Buffer {
  if (encryption === 'none') return secret
  if (secret.length % 16 !== 0) throw invalid('its text is damaged')
  const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false)
  return Buffer.concat([decipher.update(secret), decipher.final()])
}

/** Whether it begins like the private half of a key, as nothing does that was decrypted with a wrong passphrase. */
function isReadable(secret: Buffer): boolean {
  try {
    return new FieldReader(secret).field().length > 0
  } catch {
    return false
  }
}

function keyOf({ type, publicKey }: PuttyFile, secret: Buffer): KeyObject {
  const [open, hidden] = [new FieldReader(publicKey), new FieldReader(secret)]
  if (open.text() !== type) throw invalid('its text is damaged')
  if (type === 'ssh-rsa') {
    const [e, n] = [open.field(), open.field()]
    const [d, p, q, qi] = [hidden.field(), hidden.field(), hidden.field(), hidden.field()]
    return rsaKey({ n, e, d, p, q, qi })
  }
  if (type === 'ssh-ed25519') {
    const seed = Buffer.alloc(32)
    // A number with its low byte first, whose high bytes may be missing.
    hidden.field().copy(seed, 0, 0, 32)
    return ed25519Key(open.field(), seed)
  }
  if (!type.startsWith('ecdsa-sha2-nistp')) throw unsupported(type)
  open.field()
  return ecKey(type, open.field(), hidden.field())
}

function unsupported(type: string): Error {
  if (type === 'ssh-dss') return invalid('it is a DSA key, which is no longer safe')
  return invalid(`keys of the type ${type} are not supported`)
}

const HEADER = /^([A-Za-z0-9-]+): (.*)$/
const NONE: Buffer = Buffer.alloc(0)
// In KiB: one GiB, and as much as half a minute of work.
const MOST_MEMORY = 1024 * 1024
const MOST_WORK = 32 * 1024 * 1024
const MOST_LANES = 64
const DERIVATIONS: ReadonlyMap<string, 'argon2d' | 'argon2i' | 'argon2id'> = new Map([
  ['Argon2d', 'argon2d'],
  ['Argon2i', 'argon2i'],
  ['Argon2id', 'argon2id'],
])
