/*
 * The one set of TLS options, for every protocol and for both sides of a connection. It must not know who uses
 * it or over which road.
 */

import type { Credential } from '@net/core'
import { option, optionsObject, shape, type Shape } from '@net/core/authoring'

import { isSessionCache, type TlsSessionCache } from './session-cache.ts'

/** A certificate or key in PEM or DER. */
export type TlsMaterial = string | Uint8Array

/** The versions of TLS that can be asked for. */
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

/** Options of a TLS handshake. Certificates are verified unless the option that says otherwise is set. */
export interface TlsOptions {
  /**
   * The authorities to trust, and no others. Without it those of Node, which NODE_EXTRA_CA_CERTS and `--use-system-ca` add
   * to, and those that SSL_CERT_FILE and SSL_CERT_DIR name. On the side of a server: those who sign client certificates,
   * which are then required. An intermediate authority may stand for its whole branch.
   */
  readonly ca?: TlsMaterial | readonly TlsMaterial[] | undefined
  /** A folder of authorities to trust, besides those of `ca` and no others: `.pem`, `.crt` and `.cer` files, and those named by `openssl rehash`. */
  readonly caFolder?: string | undefined
  /** Our certificate, followed by its intermediates; a server needs one. */
  readonly cert?: TlsMaterial | undefined
  /** The key of `cert`. */
  readonly key?: TlsMaterial | undefined
  /**
   * What `key` is encrypted with, or a callback that is asked for it when a handshake first needs it, and once more, with
   * `rejected` set, if its answer does not open the key.
   */
  readonly passphrase?: Credential | undefined
  /** The name to ask for and to verify. Default: the host asked for; never sent for IP addresses. */
  readonly servername?: string | undefined
  /** The protocols to offer by ALPN (RFC 7301), the best first. */
  readonly alpn?: readonly string[] | undefined
  /** Default TLS 1.2. */
  readonly minVersion?: TlsVersion | undefined
  /** Default TLS 1.3. */
  readonly maxVersion?: TlsVersion | undefined
  /** Cipher suites in OpenSSL's notation. */
  readonly ciphers?: string | undefined
  /** The groups for the key exchange, the best first, such as `X25519` or `P-256`. Default those of OpenSSL. */
  readonly groups?: readonly string[] | undefined
  /** The signature algorithms to accept and to sign with, in OpenSSL's notation, such as `ecdsa_secp256r1_sha256`. Default those of OpenSSL. */
  readonly signatureAlgorithms?: readonly string[] | undefined
  /**
   * Lists of revoked certificates, in PEM or DER: a certificate on one is `NET_TLS_CERT_REVOKED`. Each authority in the chain
   * needs a list, and an old one counts for none: `NET_TLS_CERT_UNTRUSTED`, `NET_TLS_CERT_EXPIRED`.
   */
  readonly crl?: TlsMaterial | readonly TlsMaterial[] | undefined
  /** SHA-256 of the peer's public key (SubjectPublicKeyInfo) in base64: one must match, else `NET_TLS_CERT_PIN`. */
  readonly pins?: readonly string[] | undefined
  /**
   * Where sessions are kept, so that a later handshake with the same server and the same options is shorter; or one to
   * resume, as the `session` event of Node's TLSSocket gives it. Default: each client has a cache of its own.
   */
  readonly session?: TlsSessionCache | Uint8Array | undefined
  /**
   * Called with each line of the NSS key log, by which a recording of the traffic can be decrypted. Without it they are
   * appended to the file that SSLKEYLOGFILE names, if it names one.
   */
  readonly keyLog?: ((line: string) => void) | undefined
  /** Accepts every certificate, so that an attacker on the network can read and change everything. Pins still hold. */
  readonly dangerouslySkipVerification?: boolean | undefined
  /**
   * Accepts the certificate of any name, if it is from a trusted authority, so that whoever has a certificate can read and
   * change everything. Where the name of a server is known, `servername` is better. Pins still hold.
   */
  readonly dangerouslySkipNameVerification?: boolean | undefined
  /**
   * Takes the end of the connection below for the end of TLS, for peers that do not send close_notify (RFC 8446 section
   * 6.1). An attacker on the network can then cut off what has no length of its own, and the rest passes for the whole. Default
   * false: reading up to such an end is `NET_PROTO_INCOMPLETE`.
   */
  readonly dangerouslyAllowTruncation?: boolean | undefined
}

/** The options of a server: one certificate with its rules, or several, of which the client's SNI chooses; the first for all other names. */
export type ServerTls = TlsOptions | readonly TlsOptions[]

const material: Shape<TlsMaterial> = shape(
  'PEM or DER, as a string or a Uint8Array',
  (value) => typeof value === 'string' || value instanceof Uint8Array,
)
const version: Shape<TlsVersion> = option.oneOf('TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3')

/** Options of a handshake, as an option `tls` of others. */
export const tlsOptions: Shape<TlsOptions> = optionsObject<TlsOptions>({
  ca: option.oneOrMore(material),
  caFolder: option.text,
  cert: material,
  key: material,
  passphrase: option.credential,
  servername: option.text,
  alpn: option.list(option.text),
  minVersion: version,
  maxVersion: version,
  ciphers: option.text,
  groups: option.list(option.text),
  signatureAlgorithms: option.list(option.text),
  crl: option.oneOrMore(material),
  pins: option.list(option.text),
  session: option.either<TlsSessionCache | Uint8Array>([option.binary, isSessionCache]),
  keyLog: option.callback(),
  dangerouslySkipVerification: option.flag,
  dangerouslySkipNameVerification: option.flag,
  dangerouslyAllowTruncation: option.flag,
})

/** Options of a server. */
export const serverTls: Shape<ServerTls> = option.oneOrMore<TlsOptions>(tlsOptions)
