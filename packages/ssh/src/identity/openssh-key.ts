/*
 * An Ed25519 key in OpenSSH's own private format (PROTOCOL.key of OpenSSH), which the engine reads where it does not
 * read PKCS#8. Only ever in memory.
 */

import { randomBytes } from 'node:crypto'

/** The two halves of an Ed25519 key, 32 bytes each. */
export interface Ed25519Pair {
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
}

/** The pair as the text of an unencrypted OpenSSH key file. */
export function opensshPrivateKey(pair: Ed25519Pair, comment = ''): string {
  const blob = ed25519Blob(pair.publicKey)
  const check = randomBytes(4)
  const secret = Buffer.concat([
    check,
    check,
    string(TYPE),
    string(pair.publicKey),
    string(Buffer.concat([pair.privateKey, pair.publicKey])),
    string(comment),
  ])
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    string('none'),
    string('none'),
    string(''),
    Buffer.from([0, 0, 0, 1]),
    string(blob),
    string(Buffer.concat([secret, padding(secret.length)])),
  ])
  const lines = body.toString('base64').match(/.{1,70}/g) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

/** The public half in wire format (RFC 8709). */
export function ed25519Blob(publicKey: Uint8Array): Buffer {
  return Buffer.concat([string(TYPE), string(publicKey)])
}

function string(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function padding(length: number): Buffer {
  const missing = (BLOCK - (length % BLOCK)) % BLOCK
  return Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))
}

const TYPE = 'ssh-ed25519'
const BLOCK = 8
