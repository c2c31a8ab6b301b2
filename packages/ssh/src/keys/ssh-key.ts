/* Private keys for callers: made, read, written, and what one does with them: signatures and certificates. */

import { generateKeyPair } from 'node:crypto'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'

import type { Credential } from '@net/core'
import {
  CredentialSource,
  clock,
  inCall,
  netError,
  nextId,
  option,
  optionsDoor,
  refuseControl,
  type OptionsDoor,
} from '@net/core/authoring'

import { makeCertificate } from '../identity/certificate-maker.ts'
import { invalid } from '../identity/invalid-key.ts'
import { privateKeyOf, type PrivateKey } from '../identity/key-material.ts'
import { keyContent, keySource, type KeySource } from '../identity/key-source.ts'
import { formatOpensshFile } from '../identity/openssh-file.ts'
import { isEncrypted, openPrivateKey } from '../identity/private-key.ts'
import { publicKeyFor, readPublicKey, type SshPublicKey } from './ssh-public-key.ts'
import { makeSignature } from './ssh-signature.ts'

/** Options of `generateKey`. */
export interface GenerateKeyOptions {
  /** Default `ed25519`. */
  readonly type?: 'ed25519' | 'ecdsa' | 'rsa' | undefined
  /** RSA 2,048 to 16,384, default 3,072; ECDSA 256, 384 or 521, default 256. */
  readonly bits?: number | undefined
  /** One line; default empty. */
  readonly comment?: string | undefined
}

/** Options of `readKey`. */
export interface ReadKeyOptions {
  /** For a key that is encrypted; asked for only then, and once more if it was wrong. */
  readonly passphrase?: Credential | undefined
  readonly signal?: AbortSignal | undefined
}

/** Options of `export` and `save` of a key. */
export interface ExportKeyOptions {
  /** Default `openssh`. */
  readonly format?: 'openssh' | 'pkcs8' | undefined
  /** Encrypts the key. Default not encrypted. */
  readonly passphrase?: string | undefined
  /** How often the passphrase is hashed, in OpenSSH's format; default 16, as for `ssh-keygen`. */
  readonly rounds?: number | undefined
  /** One line; default that of the key. */
  readonly comment?: string | undefined
}

/** Options of `certify` of a key. */
export interface CertifyOptions {
  /** Default `user`. */
  readonly kind?: 'user' | 'host' | undefined
  /** Its name for people, which servers write into their logs. */
  readonly keyId: string
  /** The users or hosts that it is for. */
  readonly principals: readonly string[]
  /** How long it is valid, in milliseconds from now on. Default one hour. */
  readonly validFor?: number | undefined
  /** Default 0. */
  readonly serial?: number | undefined
  /** What must be obeyed, such as `{ 'force-command': 'ls' }`. Default nothing. */
  readonly criticalOptions?: Readonly<Record<string, string>> | undefined
  /** What a user may do. Default everything that `ssh-keygen` allows; a host has none. */
  readonly extensions?: readonly string[] | undefined
}

/** A private key. It prints as its public half. */
export interface SshKey {
  readonly publicKey: SshPublicKey
  readonly comment: string
  /** The key's text. */
  export(options?: ExportKeyOptions): Promise<string>
  /** Writes the key to a new file that only its owner may read. Rejects with `NET_LOCAL_IO` also where the file exists. */
  save(path: string, options?: ExportKeyOptions): Promise<void>
  /** Signs data for a namespace such as `file` (SSHSIG, as `ssh-keygen -Y sign`); the signature as text. */
  sign(data: string | Uint8Array, namespace: string): string
  /** A certificate for the key of this source, of which this key is the authority, as one line. */
  certify(source: KeySource, options: CertifyOptions): Promise<string>
}

/** Makes a key. Rejects with `NET_BAD_OPTION`. */
export async function generateKey(options?: GenerateKeyOptions): Promise<SshKey> {
  const { type = 'ed25519', bits, comment = '' } = generateOptions(options)
  inCall({ protocol: 'ssh', call: 'generateKey' }, () => refuseControl('the comment', comment))
  return keyFor(privateKeyOf(await madeKey(type, bits), comment))
}

/** Reads a private key of any format of OpenSSH, PEM, PKCS#8 or PuTTY. Rejects with `NET_CREDENTIAL_INVALID`. */
export async function readKey(source: KeySource, options?: ReadKeyOptions): Promise<SshKey> {
  const { passphrase, signal } = readOptions(options)
  const checked = inCall({ protocol: 'ssh', call: 'readKey' }, () => keySource(source, 'private'))
  const content = await keyContent(checked)
  if (!isEncrypted(content)) return keyFor(await openPrivateKey(content))
  if (passphrase === undefined) throw invalid('it is encrypted, and no passphrase was given')
  // A secret of this call alone: no other message is searched for it.
  const asked = new CredentialSource(passphrase, { what: 'passphrase' }, nextId())
  for (;;) {
    const answer = await asked.get(signal === undefined ? {} : { signal })
    try {
      return keyFor(await openPrivateKey(content, answer.reveal(), signal))
    } catch (error) {
      if (signal?.aborted === true || !asked.rejected(answer)) throw error
    }
  }
}

function keyFor(key: PrivateKey): SshKey {
  const text = (options: ExportKeyOptions | undefined): Promise<string> => exported(key, options)
  return Object.freeze({
    publicKey: publicKeyFor(key),
    comment: key.comment,
    export: text,
    save: async (path: string, options?: ExportKeyOptions) => write(path, await text(options)),
    sign: (data: string | Uint8Array, namespace: string) =>
      inCall({ protocol: 'ssh', call: 'sign' }, () =>
        makeSignature(key, Buffer.from(data as Uint8Array), namespace),
      ),
    certify: async (source: KeySource, options: CertifyOptions) => certified(key, source, options),
  })
}

async function madeKey(
  type: NonNullable<GenerateKeyOptions['type']>,
  bits: number | undefined,
): Promise<PrivateKey['key']> {
  const make = promisify(generateKeyPair) as (
    kind: string,
    options: object,
  ) => Promise<{ readonly privateKey: PrivateKey['key'] }>
  if (type === 'rsa') {
    const modulusLength = bits ?? 3072
    if (modulusLength >= 2048 && modulusLength <= 16_384)
      return (await make('rsa', { modulusLength })).privateKey
  } else if (type === 'ecdsa') {
    const namedCurve = CURVES.get(bits ?? 256)
    if (namedCurve !== undefined) return (await make('ec', { namedCurve })).privateKey
  } else if (bits === undefined || bits === 256) return (await make('ed25519', {})).privateKey
  throw netError('NET_BAD_OPTION', { message: `a key of ${type} cannot have ${bits} bits` })
}

async function exported(key: PrivateKey, options: ExportKeyOptions | undefined): Promise<string> {
  const {
    format = 'openssh',
    passphrase = '',
    rounds,
    comment = key.comment,
  } = exportOptions(options)
  inCall({ protocol: 'ssh', call: 'export' }, () => refuseControl('the comment', comment))
  if (format === 'openssh') {
    return formatOpensshFile(key, {
      passphrase,
      comment,
      ...(rounds === undefined ? {} : { rounds }),
    })
  }
  const hidden = passphrase === '' ? {} : { cipher: 'aes-256-cbc', passphrase }
  return String(key.key.export({ type: 'pkcs8', format: 'pem', ...hidden }))
}

async function write(path: string, text: string): Promise<void> {
  try {
    await using file = await open(path, 'wx', 0o600)
    await file.writeFile(text)
  } catch (cause) {
    throw netError('NET_LOCAL_IO', { message: `${path} could not be written`, cause })
  }
}

async function certified(
  authority: PrivateKey,
  source: KeySource,
  options: CertifyOptions,
): Promise<string> {
  const {
    kind = 'user',
    keyId,
    principals,
    validFor = HOUR,
    serial = 0,
    criticalOptions = {},
    extensions,
  } = certifyOptions(options)
  const { blob, comment } = await readPublicKey(source)
  const now = Math.floor(clock().date() / 1000)
  const made = makeCertificate(authority, {
    kind,
    publicKey: blob,
    keyId,
    principals,
    serial: BigInt(serial),
    validAfter: BigInt(now - LATE),
    validBefore: BigInt(now) + BigInt(Math.ceil(validFor / 1000)),
    criticalOptions,
    extensions: extensions ?? (kind === 'user' ? EXTENSIONS : []),
  })
  return publicKeyFor({ type: nameIn(made), blob: made, comment }).line
}

function nameIn(blob: Uint8Array): string {
  const bytes = Buffer.from(blob)
  return bytes.toString('latin1', 4, 4 + bytes.readUInt32BE(0))
}

const CURVES: ReadonlyMap<number, string> = new Map([
  [256, 'prime256v1'],
  [384, 'secp384r1'],
  [521, 'secp521r1'],
])
const HOUR = 3_600_000
// Clocks differ.
const LATE = 60
const EXTENSIONS = [
  'permit-X11-forwarding',
  'permit-agent-forwarding',
  'permit-port-forwarding',
  'permit-pty',
  'permit-user-rc',
]
const generateOptions: OptionsDoor<GenerateKeyOptions> = optionsDoor<GenerateKeyOptions>(
  { protocol: 'ssh', call: 'generateKey' },
  { type: option.oneOf('ed25519', 'ecdsa', 'rsa'), bits: option.count, comment: option.text },
  { size: 'bits' },
)
const readOptions: OptionsDoor<ReadKeyOptions> = optionsDoor<ReadKeyOptions>(
  { protocol: 'ssh', call: 'readKey' },
  { passphrase: option.credential, signal: option.signal },
  { password: 'passphrase' },
)
const exportOptions: OptionsDoor<ExportKeyOptions> = optionsDoor<ExportKeyOptions>(
  { protocol: 'ssh', call: 'export' },
  {
    format: option.oneOf('openssh', 'pkcs8'),
    passphrase: option.text,
    rounds: option.between(1, 1024),
    comment: option.text,
  },
  { password: 'passphrase' },
)
const certifyOptions: OptionsDoor<CertifyOptions> = optionsDoor<CertifyOptions>(
  { protocol: 'ssh', call: 'certify' },
  {
    kind: option.oneOf('user', 'host'),
    keyId: option.required(option.text),
    principals: option.required(option.list(option.text)),
    validFor: option.milliseconds,
    serial: option.size,
    criticalOptions: option.record(option.text),
    extensions: option.list(option.text),
  },
)
