/*
 * A throw-away certificate authority in memory, for tests of anything that speaks TLS. Its certificates pass
 * OpenSSL's strict checks (RFC 5280); its key exists only in the process that asked for it.
 */

import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'

import { option, optionsDoor, type OptionsDoor } from '@net/core/authoring'

import { addressBytes } from '../address-bytes.ts'
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

/** A certificate and its key in PEM, as `TlsOptions` takes them. */
export interface IssuedCertificate {
  readonly cert: string
  readonly key: string
}

/** What a certificate should be like. */
export interface IssueOptions {
  /** Host names and IP addresses; default `localhost`, `127.0.0.1` and `::1`. */
  readonly names?: readonly string[] | undefined
  /** Whether it ended yesterday; default false. */
  readonly expired?: boolean | undefined
  /** Whether it signs itself, so that no authority vouches for it; default false. */
  readonly selfSigned?: boolean | undefined
}

/** A throw-away authority. */
export interface Certificates {
  /** The authority's own certificate in PEM, for `TlsOptions.ca`. */
  readonly ca: string
  /** Makes a certificate for servers and clients, valid for 7 days. */
  issue(options?: IssueOptions): IssuedCertificate
}

/** Makes an authority (EC P-256, 7 days). */
export function createCertificates(): Certificates {
  const authority = identity(`net test authority ${randomBytes(4).toString('hex')}`)
  const validity = lastingFrom(-HOUR)
  const extensions = [
    extension(BASIC_CONSTRAINTS, sequence(yes(), integer(Buffer.of(0))), true),
    // keyCertSign and cRLSign.
    extension(KEY_USAGE, bitString(Buffer.of(0b0000_0110), 1), true),
    ...keyIds(authority, authority),
  ]
  const ca = certificate({ subject: authority, issuer: authority, validity, extensions })
  return {
    ca,
    issue(given) {
      const options = issueDoor(given)
      const { names = ['localhost', '127.0.0.1', '::1'] } = options
      const subject = identity(names[0] ?? 'nobody')
      const selfSigned = options.selfSigned === true
      const issuer = selfSigned ? subject : authority
      const cert = certificate({
        subject,
        issuer,
        validity: lastingFrom(options.expired === true ? -8 * DAY : -HOUR),
        extensions: [
          extension(BASIC_CONSTRAINTS, sequence(), true),
          extension(KEY_USAGE, selfSigned ? SIGN_ALSO_CERTIFICATES : SIGN, true),
          extension(EXTENDED_KEY_USAGE, sequence(objectId(SERVER_AUTH), objectId(CLIENT_AUTH))),
          extension(SUBJECT_ALT_NAME, sequence(...names.map(generalName))),
          ...keyIds(subject, issuer),
        ],
      })
      return { cert, key: subject.key.export({ type: 'pkcs8', format: 'pem' }).toString() }
    },
  }
}

interface Identity {
  readonly name: Buffer
  readonly key: KeyObject
  readonly publicKey: Buffer
  readonly keyId: Buffer
}

interface CertificateParts {
  readonly subject: Identity
  readonly issuer: Identity
  readonly validity: readonly [Date, Date]
  readonly extensions: readonly Buffer[]
}

function identity(commonName: string): Identity {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'der' })
  // Names longer than 64 characters are not allowed there; the alternative names have them whole.
  const name = sequence(setOf(sequence(objectId(COMMON_NAME), utf8String(commonName.slice(0, 64)))))
  const keyId = createHash('sha256').update(publicKey).digest().subarray(0, 20)
  return { name, key: pair.privateKey, publicKey, keyId }
}

function certificate({ subject, issuer, validity, extensions }: CertificateParts): string {
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256))
  const body = sequence(
    context(0, integer(Buffer.of(VERSION_3))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    issuer.name,
    sequence(utcTime(validity[0]), utcTime(validity[1])),
    subject.name,
    subject.publicKey,
    context(3, sequence(...extensions)),
  )
  const signature = sign('sha256', body, issuer.key)
  const base64 = sequence(body, algorithm, bitString(signature)).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}

function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(objectId(id), ...(critical ? [yes()] : []), octetString(value))
}

function keyIds(subject: Identity, issuer: Identity): Buffer[] {
  return [
    extension(SUBJECT_KEY_ID, octetString(subject.keyId)),
    extension(AUTHORITY_KEY_ID, sequence(tagged(0x80, issuer.keyId))),
  ]
}

function generalName(name: string): Buffer {
  if (isIP(name) === 0) return tagged(DNS_NAME, Buffer.from(name, 'latin1'))
  return tagged(IP_ADDRESS, addressBytes(name))
}

function lastingFrom(offset: number): readonly [Date, Date] {
  // The real date: OpenSSL compares with the machine's clock, not with ours.
  const start = Date.now() + offset
  return [new Date(start), new Date(start + 7 * DAY)]
}

// digitalSignature, and keyCertSign for those that sign themselves.
const SIGN: Buffer = bitString(Buffer.of(0b1000_0000), 7)
const SIGN_ALSO_CERTIFICATES: Buffer = bitString(Buffer.of(0b1000_0100), 2)
const HOUR = 3_600_000
const DAY = 24 * HOUR
const VERSION_3 = 2
const DNS_NAME = 0x82
const IP_ADDRESS = 0x87
const COMMON_NAME = '2.5.4.3'
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const SUBJECT_KEY_ID = '2.5.29.14'
const KEY_USAGE = '2.5.29.15'
const SUBJECT_ALT_NAME = '2.5.29.17'
const BASIC_CONSTRAINTS = '2.5.29.19'
const AUTHORITY_KEY_ID = '2.5.29.35'
const EXTENDED_KEY_USAGE = '2.5.29.37'
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
const issueDoor: OptionsDoor<IssueOptions> = optionsDoor<IssueOptions>(
  { protocol: 'socket', call: 'issue' },
  { names: option.list(option.text), expired: option.flag, selfSigned: option.flag },
)
