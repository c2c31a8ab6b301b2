/*
 * A throw-away certificate authority in memory, for tests of anything that speaks TLS. Its certificates pass
 * OpenSSL's strict checks (RFC 5280), but for those that were ordered bad; its key exists only in the process that asked
 * for it.
 */

import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'

import { netError, option, optionsDoor, type OptionsDoor } from '@net/core/authoring'

import { addressBytes } from '../address-bytes.ts'
import { bitString, integer, objectId, sequence, tagged, yes } from './der.ts'
import {
  certificate,
  extension,
  identity,
  keyIds,
  revocationList,
  serialNumber,
  type Identity,
} from './x509.ts'

/** A certificate and its key in PEM, as `TlsOptions` takes them. */
export interface IssuedCertificate {
  readonly cert: string
  readonly key: string
}

/** What a certificate should be like. */
export interface IssueOptions {
  /** Host names and IP addresses; default `localhost`, `127.0.0.1` and `::1`. Others make one for the wrong host. */
  readonly names?: readonly string[] | undefined
  /** Whether it ended yesterday; default false. */
  readonly expired?: boolean | undefined
  /** Whether it begins tomorrow; default false. */
  readonly notYetValid?: boolean | undefined
  /** Whether it signs itself, so that no authority vouches for it; default false. */
  readonly selfSigned?: boolean | undefined
  /** Whether it is on the authority's `crl` from here on; default false. */
  readonly revoked?: boolean | undefined
  /**
   * Whether its key is too weak to be accepted (RSA with 1,024 bits); default false. A server that serves it needs
   * `ciphers: 'DEFAULT@SECLEVEL=0'`.
   */
  readonly weak?: boolean | undefined
  /** Whether an intermediate authority signs it, whose certificate stands behind it in `cert`; default false. */
  readonly intermediate?: boolean | undefined
}

/** A throw-away authority. */
export interface Certificates {
  /** The authority's own certificate in PEM, for `TlsOptions.ca`. */
  readonly ca: string
  /** The list of the certificates that are revoked so far in PEM, for `TlsOptions.crl`. */
  readonly crl: string
  /** Makes a certificate for servers and clients, valid for 7 days. */
  issue(options?: IssueOptions): IssuedCertificate
}

/** Makes an authority (EC P-256, 7 days). */
export function createCertificates(): Certificates {
  return new Authority()
}

class Authority implements Certificates {
  readonly ca: string
  readonly #authority = identity(`net test authority ${randomBytes(4).toString('hex')}`)
  readonly #revoked: Buffer[] = []
  #below: { readonly issuer: Identity; readonly cert: string } | undefined

  constructor() {
    const authority = this.#authority
    const extensions = authorityExtensions(authority, authority, 1)
    const validity = lastingFrom(-HOUR)
    this.ca = certificate({ subject: authority, issuer: authority, validity, extensions })
  }

  get crl(): string {
    return revocationList(this.#authority, lastingFrom(-HOUR), this.#revoked)
  }

  issue(given?: IssueOptions): IssuedCertificate {
    const options = issueDoor(given)
    refuseTogether(options, 'selfSigned', 'intermediate', 'revoked')
    refuseTogether(options, 'expired', 'notYetValid')
    const { names = ['localhost', '127.0.0.1', '::1'] } = options
    const subject = identity(names[0] ?? 'nobody', options.weak === true ? WEAK : undefined)
    const above = options.intermediate === true ? (this.#below ??= this.#intermediate()) : undefined
    const issuer = options.selfSigned === true ? subject : (above?.issuer ?? this.#authority)
    const serial = serialNumber()
    if (options.revoked === true) this.#revoked.push(serial)
    const validity = lastingFrom(beginOf(options))
    const extensions = leafExtensions(subject, issuer, names)
    const cert = certificate({ subject, issuer, serial, validity, extensions })
    const key = subject.key.export({ type: 'pkcs8', format: 'pem' }).toString()
    return { cert: cert + (above?.cert ?? ''), key }
  }

  #intermediate(): { readonly issuer: Identity; readonly cert: string } {
    const issuer = identity(`net test intermediate ${randomBytes(4).toString('hex')}`)
    const extensions = authorityExtensions(issuer, this.#authority, 0)
    const validity = lastingFrom(-HOUR)
    const cert = certificate({ subject: issuer, issuer: this.#authority, validity, extensions })
    return { issuer, cert }
  }
}

function leafExtensions(subject: Identity, issuer: Identity, names: readonly string[]): Buffer[] {
  return [
    extension(BASIC_CONSTRAINTS, sequence(), true),
    extension(KEY_USAGE, issuer === subject ? SIGN_ALSO_CERTIFICATES : SIGN, true),
    extension(EXTENDED_KEY_USAGE, sequence(objectId(SERVER_AUTH), objectId(CLIENT_AUTH))),
    extension(SUBJECT_ALT_NAME, sequence(...names.map(generalName))),
    ...keyIds(subject, issuer),
  ]
}

/** `below`: how many authorities may follow. */
function authorityExtensions(subject: Identity, issuer: Identity, below: number): Buffer[] {
  return [
    extension(BASIC_CONSTRAINTS, sequence(yes(), integer(Buffer.of(below))), true),
    extension(KEY_USAGE, SIGN_CERTIFICATES, true),
    ...keyIds(subject, issuer),
  ]
}

function refuseTogether(options: IssueOptions, ...names: readonly (keyof IssueOptions)[]): void {
  const [first, second] = names.filter((name) => options[name] === true)
  if (second === undefined) return
  throw netError('NET_BAD_OPTION', { message: `${first} and ${second} exclude each other` })
}

function beginOf({ expired, notYetValid }: IssueOptions): number {
  if (expired === true) return -8 * DAY
  return notYetValid === true ? DAY : -HOUR
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

// digitalSignature, and keyCertSign for those that sign themselves; keyCertSign and cRLSign for authorities.
const SIGN: Buffer = bitString(Buffer.of(0b1000_0000), 7)
const SIGN_ALSO_CERTIFICATES: Buffer = bitString(Buffer.of(0b1000_0100), 2)
const SIGN_CERTIFICATES: Buffer = bitString(Buffer.of(0b0000_0110), 1)
const WEAK = 1024
const HOUR = 3_600_000
const DAY = 24 * HOUR
const DNS_NAME = 0x82
const IP_ADDRESS = 0x87
const KEY_USAGE = '2.5.29.15'
const SUBJECT_ALT_NAME = '2.5.29.17'
const BASIC_CONSTRAINTS = '2.5.29.19'
const EXTENDED_KEY_USAGE = '2.5.29.37'
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
const issueDoor: OptionsDoor<IssueOptions> = optionsDoor<IssueOptions>(
  { protocol: 'socket', call: 'issue' },
  {
    names: option.list(option.text),
    expired: option.flag,
    notYetValid: option.flag,
    selfSigned: option.flag,
    revoked: option.flag,
    weak: option.flag,
    intermediate: option.flag,
  },
)
