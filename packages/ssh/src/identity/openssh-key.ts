/*
 * An Ed25519 key in OpenSSH's own private format (PROTOCOL.key of OpenSSH), which the engine reads where it does not
 * read PKCS#8. Only ever in memory.
 */

import { randomBytes } from 'node:crypto'

import { formatOpensshFile } from './openssh-file.ts'
import { fields } from './wire.ts'

/** The two halves of an Ed25519 key, 32 bytes each. */
export interface Ed25519Pair {
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
}

/** The pair as the text of an unencrypted OpenSSH key file. */
export function opensshPrivateKey({ publicKey, privateKey }: Ed25519Pair, comment = ''): string {
  const check = randomBytes(4)
  const key = fields(TYPE, publicKey, Buffer.concat([privateKey, publicKey]), comment)
  const secret = Buffer.concat([check, check, key])
  return formatOpensshFile(ed25519Blob(publicKey), Buffer.concat([secret, padding(secret.length)]))
}

/** The public half in wire format (RFC 8709). */
export function ed25519Blob(publicKey: Uint8Array): Buffer {
  return fields(TYPE, publicKey)
}

function padding(length: number): Buffer {
  const missing = (BLOCK - (length % BLOCK)) % BLOCK
  return Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))
}

const TYPE = 'ssh-ed25519'
const BLOCK = 8
