/*
 * Signatures as SSH writes them (RFC 4253, section 6.6; RFC 5656; RFC 8332; RFC 8709; PROTOCOL.u2f of OpenSSH): made and
 * verified. It must not know what is signed.
 */

import { createHash, sign, verify, type KeyObject } from 'node:crypto'

import { isRangeError, isTypeError } from '@net/core/authoring'

import { mpint, publicKeyOf, sized } from './key-material.ts'
import { fields, FieldReader } from './wire.ts'

/** The algorithms that keys of this type sign with, the preferred first; for a certificate, those of certificates. */
export function algorithmsOf(type: string): readonly string[] {
  const plain = plainType(type)
  if (plain !== 'ssh-rsa') return [type]
  const ending = type === plain ? '' : CERTIFICATE
  return RSA.map((name) => `${name}${ending}`)
}

/** The type of the key in a certificate of this type, or the algorithm of its signatures; other names as they are. */
export function plainType(type: string): string {
  if (!type.endsWith(CERTIFICATE)) return type
  const plain = type.slice(0, -CERTIFICATE.length)
  return plain.startsWith('sk-') ? `${plain}@openssh.com` : plain
}

/** Whether this is the name of a certificate. */
export function isCertificateType(type: string): boolean {
  return type.endsWith(CERTIFICATE)
}

/** Signs, as the field that SSH sends: the algorithm, the signature. */
export function signData(key: KeyObject, algorithm: string, data: Uint8Array): Buffer {
  const name = plainType(algorithm)
  if (!name.startsWith('ecdsa-')) return fields(name, sign(HASHES.get(name) ?? null, data, key))
  const raw = sign(HASHES.get(name), data, { key, dsaEncoding: 'ieee-p1363' })
  const half = raw.length / 2
  return fields(name, fields(mpint(raw.subarray(0, half)), mpint(raw.subarray(half))))
}

/** The algorithm of a signature; empty if it has none. */
export function algorithmOf(signature: Uint8Array): string {
  try {
    return new FieldReader(signature).text()
  } catch {
    return ''
  }
}

/** Whether the signature of the data is right, and by an algorithm that is safe for this key. */
export function isSignedBy(blob: Uint8Array, signature: Uint8Array, data: Uint8Array): boolean {
  try {
    const reader = new FieldReader(signature)
    const [name, raw] = [reader.text(), reader.field()]
    const type = new FieldReader(blob).text()
    const key = publicKeyOf(blob)
    if (key === undefined || !algorithmsOf(type).includes(name)) return false
    if (!type.startsWith('sk-')) return reader.left === 0 && isRight(key, name, raw, data)
    const [flags, counter] = [reader.bytes(1), reader.bytes(4)]
    const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
    const told = Buffer.concat([sha256(applicationOf(blob)), flags, counter, sha256(data)])
    const plain = name.replace(/^sk-/, '').replace(/@openssh\.com$/, '')
    // Bit 0: somebody touched the device.
    return ((flags[0] ?? 0) & 1) === 1 && isRight(key, plain, raw, told)
  } catch (error) {
    if (isRangeError(error) || isTypeError(error)) return false
    throw error
  }
}

/** How many bits the modulus of an RSA key has; undefined for other keys. */
export function rsaBits(blob: Uint8Array): number | undefined {
  const reader = new FieldReader(blob)
  if (reader.text() !== 'ssh-rsa') return undefined
  reader.field()
  const modulus = reader.field()
  const from = modulus.findIndex((byte) => byte !== 0)
  return from < 0 ? 0 : (modulus.length - from) * 8 - Math.clz32(modulus[from] ?? 0) + 24
}

function isRight(key: KeyObject, name: string, raw: Buffer, data: Uint8Array): boolean {
  if (!name.startsWith('ecdsa-')) return verify(HASHES.get(name) ?? null, data, key, raw)
  const reader = new FieldReader(raw)
  const size = SIZES.get(name) ?? 0
  const whole = Buffer.concat([sized(reader.field(), size), sized(reader.field(), size)])
  return verify(HASHES.get(name), data, { key, dsaEncoding: 'ieee-p1363' }, whole)
}

/** What the device signs for, the last field of its key. */
function applicationOf(blob: Uint8Array): Buffer {
  const reader = new FieldReader(blob)
  let last: Buffer = reader.field()
  while (reader.left > 0) last = reader.field()
  return last
}

const CERTIFICATE = '-cert-v01@openssh.com'
const RSA: readonly string[] = ['rsa-sha2-512', 'rsa-sha2-256']
const HASHES: ReadonlyMap<string, string> = new Map([
  ['rsa-sha2-512', 'sha512'],
  ['rsa-sha2-256', 'sha256'],
  ['ecdsa-sha2-nistp256', 'sha256'],
  ['ecdsa-sha2-nistp384', 'sha384'],
  ['ecdsa-sha2-nistp521', 'sha512'],
])
const SIZES: ReadonlyMap<string, number> = new Map([
  ['ecdsa-sha2-nistp256', 32],
  ['ecdsa-sha2-nistp384', 48],
  ['ecdsa-sha2-nistp521', 66],
])
