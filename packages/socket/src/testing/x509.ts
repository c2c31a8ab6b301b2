/*
 * Writes certificates and lists of revoked ones (RFC 5280), signed with keys that were made in this process. It must not know
 * what they are good for.
 */

import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

import {
  bitString,
  context,
  integer,
  objectId,
  octetString,
  sequence,
  setOf,
  tagged,
  utcTime,
  utf8String,
  yes,
} from './der.ts'

/** Somebody with a key. */
export interface Identity {
  readonly name: Buffer
  readonly key: KeyObject
  readonly publicKey: Buffer
  readonly keyId: Buffer
}

/** What a certificate says. */
export interface CertificateParts {
  readonly subject: Identity
  readonly issuer: Identity
  readonly validity: readonly [Date, Date]
  readonly extensions: readonly Buffer[]
  readonly serial?: Buffer
}

/** A new key, EC P-256 or RSA of so many bits, and a name for it. */
export function identity(commonName: string, rsaBits?: number): Identity {
  const pair =
    rsaBits === undefined
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: rsaBits })
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'der' })
  // Names longer than 64 characters are not allowed there; the alternative names have them whole.
  const name = sequence(setOf(sequence(objectId(COMMON_NAME), utf8String(commonName.slice(0, 64)))))
  const keyId = createHash('sha256').update(publicKey).digest().subarray(0, 20)
  return { name, key: pair.privateKey, publicKey, keyId }
}

/** A serial number as large as they are. */
export function serialNumber(): Buffer {
  return Buffer.concat([Buffer.of(1), randomBytes(15)])
}

/** A certificate in PEM. */
export function certificate(parts: CertificateParts): string {
  const { subject, issuer, validity, extensions, serial = serialNumber() } = parts
  const body = sequence(
    context(0, integer(Buffer.of(VERSION_3))),
    integer(serial),
    algorithmOf(issuer),
    issuer.name,
    sequence(utcTime(validity[0]), utcTime(validity[1])),
    subject.name,
    subject.publicKey,
    context(3, sequence(...extensions)),
  )
  return signed(body, issuer, 'CERTIFICATE')
}

/** A list of revoked certificates in PEM. */
export function revocationList(
  issuer: Identity,
  validity: readonly [Date, Date],
  serials: readonly Buffer[],
): string {
  const [from, to] = validity
  const revoked = serials.map((serial) => sequence(integer(serial), utcTime(from)))
  const body = sequence(
    integer(Buffer.of(CRL_VERSION_2)),
    algorithmOf(issuer),
    issuer.name,
    utcTime(from),
    utcTime(to),
    ...(revoked.length === 0 ? [] : [sequence(...revoked)]),
    context(
      0,
      sequence(
        extension(AUTHORITY_KEY_ID, sequence(tagged(0x80, issuer.keyId))),
        extension(CRL_NUMBER, integer(Buffer.from([serials.length + 1]))),
      ),
    ),
  )
  return signed(body, issuer, 'X509 CRL')
}

/** One extension. */
export function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(objectId(id), ...(critical ? [yes()] : []), octetString(value))
}

/** The extensions by which a certificate and its issuer's are matched. */
export function keyIds(subject: Identity, issuer: Identity): Buffer[] {
  return [
    extension(SUBJECT_KEY_ID, octetString(subject.keyId)),
    extension(AUTHORITY_KEY_ID, sequence(tagged(0x80, issuer.keyId))),
  ]
}

function signed(body: Buffer, issuer: Identity, label: string): string {
  const signature = sign('sha256', body, issuer.key)
  const whole = sequence(body, algorithmOf(issuer), bitString(signature)).toString('base64')
  return `-----BEGIN ${label}-----\n${whole.replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`
}

function algorithmOf({ key }: Identity): Buffer {
  return key.asymmetricKeyType === 'rsa'
    ? sequence(objectId(RSA_WITH_SHA256), Buffer.of(0x05, 0))
    : sequence(objectId(ECDSA_WITH_SHA256))
}

const VERSION_3 = 2
const CRL_VERSION_2 = 1
const COMMON_NAME = '2.5.4.3'
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const RSA_WITH_SHA256 = '1.2.840.113549.1.1.11'
const SUBJECT_KEY_ID = '2.5.29.14'
const CRL_NUMBER = '2.5.29.20'
const AUTHORITY_KEY_ID = '2.5.29.35'
