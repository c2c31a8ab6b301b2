/* Certificates as an authority makes them (PROTOCOL.certkeys of OpenSSH). No I/O. */

import { randomBytes } from 'node:crypto'

import { netError } from '@net/core/authoring'

import type { PrivateKey } from './key-material.ts'
import { algorithmsOf, isCertificateType, signData } from './signatures.ts'
import { fields, FieldReader, uint32 } from './wire.ts'

/** What a certificate is to say. */
export interface CertificateSpec {
  readonly kind: 'user' | 'host'
  /** The key that it is about, in wire format. */
  readonly publicKey: Uint8Array
  readonly keyId: string
  readonly principals: readonly string[]
  readonly serial: bigint
  /** In seconds since 1970, `validBefore` exclusive. */
  readonly validAfter: bigint
  readonly validBefore: bigint
  readonly criticalOptions: Readonly<Record<string, string>>
  readonly extensions: readonly string[]
}

/** The certificate in wire format, signed by the authority. Throws `NET_BAD_OPTION` for a key that can have none. */
export function makeCertificate(authority: PrivateKey, spec: CertificateSpec): Uint8Array {
  const reader = new FieldReader(spec.publicKey)
  const type = reader.text()
  if (isCertificateType(type)) {
    throw netError('NET_BAD_OPTION', { message: 'a certificate is about a key, not a certificate' })
  }
  const name = `${type.replace(/@openssh\.com$/, '')}-cert-v01@openssh.com`
  const body = Buffer.concat([
    fields(name, randomBytes(32)),
    reader.rest(),
    uint64(spec.serial),
    uint32(spec.kind === 'user' ? 1 : 2),
    fields(spec.keyId, fields(...spec.principals)),
    uint64(spec.validAfter),
    uint64(spec.validBefore),
    fields(optionFields(spec.criticalOptions), extensionFields(spec.extensions), ''),
    fields(authority.blob),
  ])
  const [algorithm = ''] = algorithmsOf(authority.type)
  const signature = signData(authority.key, algorithm, body)
  return Uint8Array.from(Buffer.concat([body, fields(signature)]))
}

/** By name, as verifiers demand it; a value stands in a field of its own. */
function optionFields(options: Readonly<Record<string, string>>): Buffer {
  const names = Object.keys(options).toSorted()
  return fields(...names.flatMap((name) => [name, fields(options[name] ?? '')]))
}

function extensionFields(names: readonly string[]): Buffer {
  return fields(...names.toSorted().flatMap((name) => [name, '']))
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}
