/*
 * Keys between Node's objects and SSH's binary formats (RFC 4253, section 6.6; RFC 5656; RFC 8709; PROTOCOL.key of
 * OpenSSH). No I/O, and no text of files.
 */

import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'

import { invalid } from './invalid-key.ts'
import { fields, FieldReader } from './wire.ts'

/** A private key that can sign. */
export interface PrivateKey {
  /** Its algorithm, such as `ssh-ed25519`. */
  readonly type: string
  /** Its public half in wire format. */
  readonly blob: Uint8Array
  readonly key: KeyObject
  readonly comment: string
}

/** A key of Node's as a key of SSH. Throws `NET_CREDENTIAL_INVALID` for types that SSH does not have. */
export function privateKeyOf(key: KeyObject, comment = ''): PrivateKey {
  const blob = publicBlobOf(key)
  return Object.freeze({ type: new FieldReader(blob).text(), blob, key, comment })
}

/** The public half in wire format. Throws `NET_CREDENTIAL_INVALID`. */
export function publicBlobOf(key: KeyObject): Uint8Array {
  switch (key.asymmetricKeyType) {
    case 'rsa': {
      const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
      if (modulusLength > LONGEST) throw invalid(`it is longer than ${LONGEST} bits`)
      const { n, e } = key.export({ format: 'jwk' })
      return Uint8Array.from(fields('ssh-rsa', mpint(bytesOf(e)), mpint(bytesOf(n))))
    }
    case 'ec': {
      const { namedCurve = '' } = key.asymmetricKeyDetails ?? {}
      const curve = CURVES.find(({ node }) => node === namedCurve)
      if (curve === undefined) throw invalid(`SSH has no keys on the curve ${namedCurve}`)
      return Uint8Array.from(fields(curve.type, curve.ssh, pointOf(key)))
    }
    case 'ed25519':
      return Uint8Array.from(fields('ssh-ed25519', bytesOf(key.export({ format: 'jwk' }).x)))
    case 'dsa':
      throw invalid('it is a DSA key, which is no longer safe')
    default:
      throw invalid(`keys of the type ${String(key.asymmetricKeyType)} are not supported`)
  }
}

/** The fields of the private half as they stand in OpenSSH's private format, without the comment. */
export function secretFieldsOf({ key, type }: PrivateKey): Buffer {
  const jwk = key.export({ format: 'jwk' })
  const part = (name: keyof JsonWebKey): Buffer => mpint(bytesOf(jwk[name]))
  if (type === 'ssh-rsa') {
    return fields(type, part('n'), part('e'), part('d'), part('qi'), part('p'), part('q'))
  }
  if (type === 'ssh-ed25519') {
    const open = bytesOf(jwk.x)
    return fields(type, open, Buffer.concat([bytesOf(jwk.d), open]))
  }
  const curve = CURVES.find((each) => each.type === type)
  return fields(type, curve?.ssh ?? '', pointOf(key), part('d'))
}

/** Reads the private half out of OpenSSH's private format, up to its comment. Throws a RangeError where it ends too early. */
export function readSecretFields(reader: FieldReader): KeyObject {
  const type = reader.text()
  if (type === 'ssh-rsa') {
    const [n, e, d, qi, p, q] = Array.from({ length: 6 }, () => reader.field()) as RsaNumbers
    return rsaKey({ n, e, d, qi, p, q })
  }
  if (type === 'ssh-ed25519') {
    const [open, both] = [reader.field(), reader.field()]
    return ed25519Key(open, both.subarray(0, 32))
  }
  const curve = CURVES.find((each) => each.type === type)
  if (curve === undefined) throw invalid(`keys of the type ${type} are not supported`)
  reader.field()
  return ecKey(curve.type, reader.field(), reader.field())
}

/** A key of Ed25519 of its two halves. */
export function ed25519Key(open: Uint8Array, seed: Uint8Array): KeyObject {
  return fromJwk({ kty: 'OKP', crv: 'Ed25519', x: base64(open), d: base64(seed) })
}

/** A key of ECDSA: its type, its point, its number. */
export function ecKey(type: string, point: Buffer, secret: Buffer): KeyObject {
  const size = (point.length - 1) / 2
  const crv = CURVES.find((each) => each.type === type)?.jwk ?? ''
  const [x, y] = [base64(point.subarray(1, 1 + size)), base64(point.subarray(1 + size))]
  return fromJwk({ kty: 'EC', crv, x, y, d: base64(sized(secret, size)) })
}

/** A key of RSA of the numbers that SSH keeps. */
export function rsaKey(
  numbers: Readonly<Record<'n' | 'e' | 'd' | 'p' | 'q' | 'qi', Buffer>>,
): KeyObject {
  const rest = (prime: Buffer): Buffer => {
    const value = (number(numbers.d) % (number(prime) - 1n)).toString(16)
    return Buffer.from(value.padStart(value.length + (value.length % 2), '0'), 'hex')
  }
  const parts = { ...numbers, dp: rest(numbers.p), dq: rest(numbers.q) }
  const key = Object.fromEntries(
    Object.entries(parts).map(([name, value]) => [name, base64(unsigned(value))]),
  )
  return fromJwk({ kty: 'RSA', ...key })
}

/** The public key of this wire format as Node has it; undefined for types that Node cannot use. Throws a RangeError. */
export function publicKeyOf(blob: Uint8Array): KeyObject | undefined {
  const reader = new FieldReader(blob)
  const type = reader
    .text()
    .replace(/^sk-/, '')
    .replace(/@openssh\.com$/, '')
  if (type === 'ssh-rsa') {
    const [e, n] = [reader.field(), reader.field()]
    return openFromJwk({ kty: 'RSA', e: base64(unsigned(e)), n: base64(unsigned(n)) })
  }
  if (type === 'ssh-ed25519') {
    return openFromJwk({ kty: 'OKP', crv: 'Ed25519', x: base64(reader.field()) })
  }
  const curve = CURVES.find((each) => each.type === type)
  if (curve === undefined) return undefined
  reader.field()
  const point = reader.field()
  const size = (point.length - 1) / 2
  const [x, y] = [base64(point.subarray(1, 1 + size)), base64(point.subarray(1 + size))]
  return openFromJwk({ kty: 'EC', crv: curve.jwk, x, y })
}

/** The number as SSH writes it: no zeros in front, but one where it would be negative. */
export function mpint(bytes: Uint8Array): Buffer {
  const from = bytes.findIndex((byte) => byte !== 0)
  const plain = Buffer.from(from < 0 ? [] : bytes.subarray(from))
  return (plain[0] ?? 0) < 0x80 ? plain : Buffer.concat([Buffer.of(0), plain])
}

/** The number in so many bytes. */
export function sized(bytes: Buffer, size: number): Buffer {
  const plain = unsigned(bytes)
  return Buffer.concat([Buffer.alloc(Math.max(size - plain.length, 0)), plain])
}

function unsigned(bytes: Buffer): Buffer {
  return bytes[0] === 0 ? bytes.subarray(1) : bytes
}

function pointOf(key: KeyObject): Buffer {
  const { x, y } = key.export({ format: 'jwk' })
  return Buffer.concat([Buffer.of(4), bytesOf(x), bytesOf(y)])
}

function fromJwk(key: JsonWebKey): KeyObject {
  return createPrivateKey({ format: 'jwk', key })
}

function openFromJwk(key: JsonWebKey): KeyObject {
  return createPublicKey({ format: 'jwk', key })
}

function bytesOf(part: unknown): Buffer {
  return Buffer.from(String(part), 'base64url')
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}

function number(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`)
}

type RsaNumbers = [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer]

// A signature with a longer one takes seconds.
const LONGEST = 16_384
const CURVES: readonly {
  readonly type: string
  readonly ssh: string
  readonly node: string
  readonly jwk: string
}[] = [
  { type: 'ecdsa-sha2-nistp256', ssh: 'nistp256', node: 'prime256v1', jwk: 'P-256' },
  { type: 'ecdsa-sha2-nistp384', ssh: 'nistp384', node: 'secp384r1', jwk: 'P-384' },
  { type: 'ecdsa-sha2-nistp521', ssh: 'nistp521', node: 'secp521r1', jwk: 'P-521' },
]
