/*
 * What a private key's text is, told by its content: OpenSSH's own format, PEM, PKCS#8 or PuTTY's; encrypted or not.
 * Never says a word of the key itself.
 */

import { netError } from '@net/core/authoring'

/** What a key's text is. */
export interface KeyText {
  /** `openssh` and `putty` are read by the engine, `pem` (PKCS#1, SEC1 and PKCS#8) by Node. */
  readonly format: 'openssh' | 'pem' | 'putty'
  readonly encrypted: boolean
  /** With line feeds alone, and nothing before or behind the key. */
  readonly text: string
}

/** Finds out what the text is. Throws `NET_CREDENTIAL_INVALID` for what is no private key. */
export function readKeyText(content: string): KeyText {
  const text = `${content
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .trim()}\n`
  if (text.startsWith('PuTTY-User-Key-File-')) {
    return { format: 'putty', encrypted: !/^Encryption: none$/m.test(text), text: text.trimEnd() }
  }
  const [block, label = ''] = PEM.exec(text) ?? []
  if (block === undefined) throw invalid(PUBLIC.test(text) ? IS_PUBLIC : IS_UNKNOWN)
  if (label === 'OPENSSH PRIVATE KEY') return openssh(block)
  if (!LABELS.has(label)) throw invalid(label.includes('PUBLIC') ? IS_PUBLIC : `it is a ${label}`)
  const encrypted = label.startsWith('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED$/m.test(block)
  return { format: 'pem', encrypted, text: block }
}

/** The error for a key that cannot be used; `why` is told, the key never is. */
export function invalid(why: string, cause?: unknown): Error {
  return netError('NET_CREDENTIAL_INVALID', {
    message: `the private key cannot be used: ${why}`,
    ...(cause === undefined ? {} : { cause }),
  })
}

function openssh(block: string): KeyText {
  const bytes = Buffer.from(block.split('\n').slice(1, -1).join(''), 'base64')
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) throw invalid('its text is damaged')
  const cipher = field(bytes, MAGIC.length)
  const kdf = field(bytes, cipher.end)
  const options = field(bytes, kdf.end)
  if (kdf.value.toString('latin1') === 'bcrypt') {
    const salt = field(options.value, 0)
    if (options.value.length < salt.end + 4) throw invalid('its text is damaged')
    const rounds = options.value.readUInt32BE(salt.end)
    // Each round costs milliseconds of this thread: a file could hold the process for days.
    if (rounds > MOST_ROUNDS)
      throw invalid(`its passphrase is hashed in more than ${MOST_ROUNDS} rounds`)
  }
  return { format: 'openssh', encrypted: cipher.value.toString('latin1') !== 'none', text: block }
}

function field(bytes: Buffer, at: number): { readonly value: Buffer; readonly end: number } {
  if (bytes.length < at + 4) throw invalid('its text is damaged')
  const end = at + 4 + bytes.readUInt32BE(at)
  if (bytes.length < end) throw invalid('its text is damaged')
  return { value: bytes.subarray(at + 4, end), end }
}

const MAGIC = 'openssh-key-v1\0'
const MOST_ROUNDS = 1024
const PEM = /-----BEGIN ([A-Z0-9 ]+)-----\n[\s\S]*?\n-----END \1-----/
const PUBLIC = /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d+|sk-[a-z0-9-]+@openssh\.com) AAAA/
const LABELS: ReadonlySet<string> = new Set([
  'PRIVATE KEY',
  'ENCRYPTED PRIVATE KEY',
  'RSA PRIVATE KEY',
  'EC PRIVATE KEY',
])
const IS_PUBLIC = 'it is a public key, and the private one is needed'
const IS_UNKNOWN = 'it is in no format of OpenSSH, PEM, PKCS#8 or PuTTY'
