/*
 * What ties a login to the TLS connection that carries it, so that nobody between can pass it on (RFC 5056, 5929, 9266).
 */

import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'

/** A binding, as mechanisms say it. */
export interface ChannelBinding {
  /** `tls-exporter` of TLS 1.3, else `tls-server-end-point`. */
  readonly type: 'tls-exporter' | 'tls-server-end-point'
  readonly data: Uint8Array
}

/** The binding of a connection; undefined where it has no TLS of ours. */
export function channelBinding(duplex: Duplex | undefined): ChannelBinding | undefined {
  if (!isTls(duplex)) return undefined
  if (duplex.getProtocol() === 'TLSv1.3') return exporterBinding(duplex)
  const { raw } = duplex.getPeerCertificate()
  return raw === undefined ? undefined : endPointBinding(raw)
}

/** By what it can do, so that TLS is not loaded for connections without it. */
function isTls(duplex: Duplex | undefined): duplex is TLSSocket {
  return typeof Reflect.get(duplex ?? {}, 'exportKeyingMaterial') === 'function'
}

/** Of TLS 1.3 (RFC 9266), from either side. */
export function exporterBinding(socket: TLSSocket): ChannelBinding {
  const label = 'EXPORTER-Channel-Binding'
  const data = socket.exportKeyingMaterial(LENGTH, label, Buffer.alloc(0))
  return { type: 'tls-exporter', data }
}

/** Of a certificate whose signature is made with SHA-256 or less (RFC 5929, section 4.1); undefined for others. */
function endPointBinding(certificate: Buffer): ChannelBinding | undefined {
  // Which hash a certificate was signed with is in its last identifier; those above SHA-256 need their own.
  if (STRONGER.some((oid) => certificate.includes(oid))) return undefined
  return {
    type: 'tls-server-end-point',
    data: createHash('sha256').update(certificate).digest(),
  }
}

const LENGTH = 32
// sha384WithRSA, sha512WithRSA, ecdsa-with-SHA384 and ecdsa-with-SHA512, in DER.
const STRONGER: readonly Buffer[] = [
  Buffer.from('2a864886f70d01010c', 'hex'),
  Buffer.from('2a864886f70d01010d', 'hex'),
  Buffer.from('2a8648ce3d040303', 'hex'),
  Buffer.from('2a8648ce3d040304', 'hex'),
]
