/*
 * Whether a peer's certificate is the one that is wanted: its names and addresses, and the pinned keys. Trust in
 * its authority is OpenSSL's work; a resumed session is checked here again, which Node does not do.
 */

import { createHash, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { checkServerIdentity, type TLSSocket } from 'node:tls'

import { netError, own } from '@net/core/authoring'

import type { TlsOptions } from './options.ts'

/** Throws `NET_TLS_CERT_HOST` or Node's own error unless the certificate is for the name or address. */
export function verifyIdentity(socket: TLSSocket, name: string): void {
  if (peerCertificate(socket) === undefined) throw missing()
  const failure = checkServerIdentity(name, socket.getPeerCertificate())
  if (failure !== undefined) throw failure
}

/** The peer's certificate, if it has sent one. */
export function peerCertificate(socket: TLSSocket): X509Certificate | undefined {
  // Not getPeerX509Certificate(), whose second call on a client finds nothing any more.
  const { raw } = socket.getPeerCertificate() as { readonly raw?: Buffer }
  return raw === undefined ? undefined : new X509Certificate(raw)
}

/** Throws Node's own error unless the client's certificate is signed by an authority that we trust. */
export function verifyClient(socket: TLSSocket): void {
  // Node tells the outcome to its own tls.Server alone; there is no public way to ask.
  const handle: unknown = Reflect.get(socket, '_handle')
  const failure = (handle as { verifyError(): Error | null }).verifyError()
  if (failure !== null) throw failure
}

/** Throws `NET_TLS_CERT_PIN` unless the certificate's key is one of the pinned ones, where there are any. */
export function verifyPins(certificate: X509Certificate | undefined, tls: TlsOptions): void {
  const pins = own(tls, 'pins')
  if (pins === undefined) return
  if (certificate === undefined) throw missing()
  const found = publicKeyPin(certificate)
  if (pins.includes(found)) return
  throw netError('NET_TLS_CERT_PIN', { message: `the certificate's key ${found} is not pinned` })
}

/** The SHA-256 of the certificate's SubjectPublicKeyInfo in base64, as `TlsOptions.pins` wants it. */
export function publicKeyPin(certificate: X509Certificate): string {
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(key).digest('base64')
}

/** The name without the dot by which it was written as a whole one, which neither SNI nor certificates have (RFC 6066, section 3). */
export function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name
}

/** The name to send in SNI: none for IP addresses (RFC 6066, section 3). */
export function sniName(name: string): string | undefined {
  return isIP(name) === 0 && name !== '' ? name : undefined
}

function missing(): Error {
  return netError('NET_TLS_HANDSHAKE', { message: 'the peer has sent no certificate' })
}
