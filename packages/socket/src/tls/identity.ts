/*
 * Whether a peer's certificate is the one that is wanted: its names and addresses, and the pinned keys. Trust in
 * its authority is OpenSSL's work; a resumed session is checked here again, which Node does not do.
 */

import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'

import { formatEndpoint } from '@net/core'
import { argument, netError, option, own, shape } from '@net/core/authoring'

import type { Transport } from '../transport.ts'
import { certificateError, pinError } from './certificate-errors.ts'
import { isTlsSocket, nodeCrypto, nodeTls } from './node-tls.ts'
import type { TlsOptions } from './options.ts'
import { sessionCertificate } from './session-certificate.ts'

/**
 * Throws `NET_TLS_CERT_UNTRUSTED`, `NET_TLS_CERT_EXPIRED` or another error of certificates unless the server's is trusted,
 * and `NET_TLS_CERT_HOST` unless it is for the name or address, as far as the options want these checks. `who` is what
 * errors call the server.
 */
export function verifyServer(socket: TLSSocket, tls: TlsOptions, { name, who }: Wanted): void {
  if (own(tls, 'dangerouslySkipVerification') === true) return
  const certificate = peerCertificate(socket)
  if (certificate === undefined) throw missing(who)
  const anyName = own(tls, 'dangerouslySkipNameVerification') === true
  const failure =
    trustFailure(socket) ??
    (anyName ? undefined : nodeTls().checkServerIdentity(name, certificate.toLegacyObject()))
  if (failure !== undefined) throw certificateError(failure, { who, chain: chainOf(socket), name })
}

/** Whom a client wants to talk to. */
export interface Wanted {
  readonly name: string
  /** What errors call the server. */
  readonly who: string
}

/** The peer's certificate, if it has sent one. */
export function peerCertificate(socket: TLSSocket): X509Certificate | undefined {
  // Not getPeerX509Certificate(), whose second call on a client finds nothing any more.
  const { raw } = socket.getPeerCertificate() as { readonly raw?: Buffer }
  if (raw !== undefined) return new (nodeCrypto().X509Certificate)(raw)
  const session = sessions.get(socket)
  return session !== undefined && socket.isSessionReused() ? sessionCertificate(session) : undefined
}

/** With which session a client begins: where it is resumed, the server sends no certificate, and the one of the session counts. */
export function beginsWith(socket: TLSSocket, session: Uint8Array): void {
  sessions.set(socket, session)
}

/**
 * Every check that `secure` makes of a server, for a connection that it made with `dangerouslySkipVerification`: one in
 * which a session might have been resumed. Throws as `secure` rejects; `peer` is what errors call the server.
 */
export function verifyPeer(
  { duplex, info }: Transport,
  tls: TlsOptions,
  { name, peer }: { readonly name: string; readonly peer: string },
): void {
  const who = `${peer} ${formatEndpoint(info.endpoint)}`
  if (duplex === undefined || !isTlsSocket(duplex)) throw missing(who)
  verifyPins(peerCertificate(duplex), tls, who)
  verifyServer(duplex, tls, { name: withoutDot(name), who })
}

/** Throws an error of certificates unless the client's is signed by an authority that we trust. */
export function verifyClient(socket: TLSSocket, who: string): void {
  // A session begun under another certificate of ours was verified by other rules.
  if (peerCertificate(socket) === undefined || socket.isSessionReused()) throw missing(who)
  const failure = trustFailure(socket)
  if (failure !== undefined) throw certificateError(failure, { who, chain: chainOf(socket) })
}

/** What OpenSSL has against the peer's certificate. */
function trustFailure(socket: TLSSocket): Error | undefined {
  // Node has no public way to read it.
  const handle: unknown = Reflect.get(socket, '_handle')
  return (handle as { verifyError(): Error | null }).verifyError() ?? undefined
}

/** The peer's certificate and those that it sent along, as long as the connection is open. */
export function chainOf(socket: TLSSocket): readonly X509Certificate[] {
  const chain: X509Certificate[] = []
  const own = socket.isSessionReused() ? peerCertificate(socket) : undefined
  if (own !== undefined) return [own]
  let next: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true)
  while (next?.raw !== undefined && chain.length < LONGEST_CHAIN) {
    const certificate = new (nodeCrypto().X509Certificate)(next.raw)
    // The last one is its own issuer.
    if (chain.at(-1)?.fingerprint256 === certificate.fingerprint256) break
    chain.push(certificate)
    next = next.issuerCertificate
  }
  return chain
}

/** Throws `NET_TLS_CERT_PIN` unless the certificate's key is one of the pinned ones, where there are any. */
export function verifyPins(
  certificate: X509Certificate | undefined,
  tls: TlsOptions,
  who: string,
): void {
  const pins = own(tls, 'pins')
  if (pins === undefined) return
  if (certificate === undefined) throw missing(who)
  const found = publicKeyPin(certificate)
  if (!pins.includes(found)) throw pinError(found, pins, { who, chain: [certificate] })
}

/** The SHA-256 of the certificate's SubjectPublicKeyInfo in base64, as `TlsOptions.pins` wants it. Throws `NET_BAD_OPTION`. */
export function publicKeyPin(certificate: X509Certificate): string {
  argument('certificate', anX509, certificate)
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' })
  return nodeCrypto().createHash('sha256').update(key).digest('base64')
}

/** The name without the dot by which it was written as a whole one, which neither SNI nor certificates have (RFC 6066, section 3). */
export function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name
}

/** The name to send in SNI: none for IP addresses (RFC 6066, section 3). */
export function sniName(name: string): string | undefined {
  return isIP(name) === 0 && name !== '' ? name : undefined
}

function missing(who: string): Error {
  return netError('NET_TLS_HANDSHAKE', { message: `${who} has sent no certificate` })
}

const sessions = new WeakMap<TLSSocket, Uint8Array>()
const LONGEST_CHAIN = 10

const anX509 = shape<X509Certificate>(
  'an X509Certificate of node:crypto, such as new X509Certificate(pem)',
  (value) => option.isObject(value) && option.isObject(Reflect.get(value, 'publicKey')),
)
