/*
 * OpenSSH's certificates (PROTOCOL.certkeys of OpenSSH): taken apart, and checked against an authority. It must not know
 * which authorities are trusted.
 */

import {
  algorithmsOf,
  isCertificateType,
  isSignedBy,
  plainType,
  algorithmOf,
} from './signatures.ts'
import { matchesPattern } from '../host-pattern.ts'
import { fields, FieldReader } from './wire.ts'

/** What a certificate says. */
export interface Certificate {
  /** Such as `ssh-ed25519-cert-v01@openssh.com`. */
  readonly type: string
  /** The certificate in wire format. */
  readonly blob: Uint8Array
  /** The key that it is about, in wire format. */
  readonly publicKey: Uint8Array
  readonly kind: 'user' | 'host'
  readonly serial: bigint
  /** Its name for people, which servers write into their logs. */
  readonly keyId: string
  /** The users or hosts that it is for; none means all. */
  readonly principals: readonly string[]
  /** In seconds since 1970, `validBefore` exclusive. */
  readonly validAfter: bigint
  readonly validBefore: bigint
  /** What must be obeyed, such as `force-command`; by name, with the value as bytes. */
  readonly criticalOptions: Readonly<Record<string, Uint8Array>>
  readonly extensions: Readonly<Record<string, Uint8Array>>
  /** The key of the authority in wire format. */
  readonly authority: Uint8Array
  readonly signature: Uint8Array
  /** What the signature is about. */
  readonly signed: Uint8Array
}

/** Takes a certificate apart; undefined for other bytes and for a damaged one. */
export function readCertificate(blob: Uint8Array): Certificate | undefined {
  try {
    const reader = new FieldReader(blob)
    const type = reader.text()
    const numbers = KEY_FIELDS.get(plainType(type))
    if (!isCertificateType(type) || numbers === undefined) return undefined
    reader.field()
    const publicKey = fields(
      plainType(type),
      ...Array.from({ length: numbers }, () => reader.field()),
    )
    const serial = reader.bytes(8).readBigUInt64BE()
    const kind = KINDS[reader.number()]
    const keyId = reader.field().toString('utf8')
    const principals = listOf(reader.field())
    const [validAfter, validBefore] = [reader.bytes(8), reader.bytes(8)].map((bytes) =>
      bytes.readBigUInt64BE(),
    )
    const [criticalOptions, extensions] = [optionsOf(reader.field()), optionsOf(reader.field())]
    reader.field()
    const authority = Uint8Array.from(reader.field())
    const signed = blob.subarray(0, blob.length - reader.left)
    const signature = Uint8Array.from(reader.field())
    if (kind === undefined || reader.left > 0) return undefined
    return Object.freeze({
      type,
      blob,
      publicKey: Uint8Array.from(publicKey),
      kind,
      serial,
      keyId,
      principals,
      validAfter: validAfter ?? 0n,
      validBefore: validBefore ?? 0n,
      criticalOptions,
      extensions,
      authority,
      signature,
      signed,
    })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/**
 * Why the certificate does not make its key that of `principal`, at a time in milliseconds; undefined if it does. Whether
 * its authority is trusted is another question.
 */
export function certificateFault(
  certificate: Certificate,
  {
    kind,
    principal,
    now,
  }: { readonly kind: Certificate['kind']; readonly principal: string; readonly now: number },
): string | undefined {
  const { authority, signature, signed, principals, validAfter, validBefore, criticalOptions } =
    certificate
  if (certificate.kind !== kind) return `it is a certificate for a ${certificate.kind}`
  const safe = algorithmsOf(new FieldReader(authority).text()).includes(algorithmOf(signature))
  if (!safe)
    return `its authority signed it with ${algorithmOf(signature)}, which is no longer safe`
  if (!isSignedBy(authority, signature, signed)) return 'the signature of its authority is wrong'
  const seconds = BigInt(Math.floor(now / 1000))
  if (seconds < validAfter) return 'it is not valid yet'
  if (seconds >= validBefore) return 'it has expired'
  // No name at all stands for all of them.
  const isMeant =
    principals.length === 0 || principals.some((name) => isNamed(name, principal, kind))
  if (!isMeant) return `it is for ${principals.join(', ')}`
  const [critical] = Object.keys(criticalOptions)
  return kind === 'host' && critical !== undefined
    ? `it demands ${critical}, which is not known`
    : undefined
}

function isNamed(name: string, principal: string, kind: Certificate['kind']): boolean {
  return kind === 'host'
    ? matchesPattern(name.toLowerCase(), principal.toLowerCase())
    : name === principal
}

function listOf(bytes: Buffer): readonly string[] {
  const reader = new FieldReader(bytes)
  const list: string[] = []
  while (reader.left > 0) {
    if (list.length === MOST_PRINCIPALS) throw new RangeError('too many names')
    list.push(reader.field().toString('utf8'))
  }
  return list
}

function optionsOf(bytes: Buffer): Readonly<Record<string, Uint8Array>> {
  const reader = new FieldReader(bytes)
  const options: [string, Uint8Array][] = []
  while (reader.left > 0) options.push([reader.text(), Uint8Array.from(reader.field())])
  return Object.fromEntries(options)
}

// As OpenSSH has it.
const MOST_PRINCIPALS = 256
const KINDS: Readonly<Record<number, Certificate['kind']>> = { 1: 'user', 2: 'host' }
// How many fields a key of this type has behind its type.
const KEY_FIELDS: ReadonlyMap<string, number> = new Map([
  ['ssh-rsa', 2],
  ['ssh-ed25519', 1],
  ['ecdsa-sha2-nistp256', 2],
  ['ecdsa-sha2-nistp384', 2],
  ['ecdsa-sha2-nistp521', 2],
  ['sk-ssh-ed25519@openssh.com', 2],
  ['sk-ecdsa-sha2-nistp256@openssh.com', 3],
])
