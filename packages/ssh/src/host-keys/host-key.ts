/*
 * A host key as a server shows it and as people compare it. Knows nothing of files or policies.
 */

import { createHash } from 'node:crypto'

import { netError } from '@net/core/authoring'

import { readCertificate, type Certificate } from '../identity/certificate.ts'
import { isCertificateType } from '../identity/signatures.ts'

/** A server's public key. */
export interface HostKey {
  /** Its algorithm, such as `ssh-ed25519`. */
  readonly type: string
  /** The key in the format of RFC 4253, section 6.6. */
  readonly blob: Uint8Array
  /** `SHA256:` and the hash in base64 without padding, as OpenSSH prints it. */
  readonly fingerprint: string
  /** The certificate that the server showed for the key; undefined for a plain key. */
  readonly certificate?: Certificate | undefined
}

/** Reads a key, or a certificate for one, from its wire format. Throws `NET_PROTO_MALFORMED`. */
export function readHostKey(blob: Uint8Array): HostKey {
  const type = keyType(blob)
  if (type === undefined) {
    throw netError('NET_PROTO_MALFORMED', { message: 'the server sent a host key without a type' })
  }
  if (!isCertificateType(type))
    return Object.freeze({ type, blob, fingerprint: fingerprintOf(blob) })
  const certificate = readCertificate(blob)
  if (certificate === undefined) {
    throw netError('NET_PROTO_MALFORMED', { message: 'the server sent a damaged certificate' })
  }
  return Object.freeze({ ...readHostKey(certificate.publicKey), certificate })
}

/** The name of the algorithm at the head of a key in wire format; undefined if there is none. */
export function keyType(blob: Uint8Array): string | undefined {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.length)
  if (bytes.length < 4) return undefined
  const length = bytes.readUInt32BE(0)
  if (length === 0 || length > LONGEST_TYPE || bytes.length < 4 + length) return undefined
  const type = bytes.toString('latin1', 4, 4 + length)
  return TYPE.test(type) ? type : undefined
}

/** Whether a key in wire format is all there: its type and more, fields with their lengths, and nothing behind them. */
export function isWhole(blob: Uint8Array): boolean {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.length)
  let at = 0
  let fields = 0
  for (; at + 4 <= bytes.length; fields++) at += 4 + bytes.readUInt32BE(at)
  return at === bytes.length && fields > 1
}

/** `SHA256:` and the hash in base64 without padding. */
export function fingerprintOf(blob: Uint8Array): string {
  const hash = createHash('sha256').update(blob).digest('base64')
  return `SHA256:${hash.replace(/=+$/, '')}`
}

/** The key as people read it: its type and its fingerprint. */
export function describeKey(key: Pick<HostKey, 'type' | 'fingerprint'>): string {
  return `${key.type} ${key.fingerprint}`
}

const LONGEST_TYPE = 64
const TYPE = /^[\x21-\x7e]+$/
