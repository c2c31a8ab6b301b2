/* Signatures of files and texts (PROTOCOL.sshsig of OpenSSH), as `ssh-keygen -Y` makes and checks them. No I/O. */

import { createHash } from 'node:crypto'

import { netError } from '@net/core/authoring'

import type { PrivateKey } from '../identity/key-material.ts'
import { algorithmsOf, isSignedBy, plainType, signData } from '../identity/signatures.ts'
import { readCertificate } from '../identity/certificate.ts'
import { fields, FieldReader, uint32 } from '../identity/wire.ts'

/** A signature, taken apart. */
export interface SshSignature {
  /** The key, or the certificate, that signed, in wire format. */
  readonly blob: Uint8Array
  /** What the signature is for, such as `file` or `git`. */
  readonly namespace: string
  readonly hash: string
  readonly signature: Uint8Array
}

/** Signs the data for the namespace, as armored text. */
export function makeSignature(key: PrivateKey, data: Uint8Array, namespace: string): string {
  if (namespace === '') throw netError('NET_BAD_OPTION', { message: 'the namespace is empty' })
  const [algorithm = ''] = algorithmsOf(key.type)
  const signature = signData(key.key, algorithm, signedText(data, namespace, HASH))
  const blob = Buffer.concat([MAGIC, uint32(1), fields(key.blob, namespace, '', HASH, signature)])
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? []
  return `${BEGIN}\n${lines.join('\n')}\n${END}\n`
}

/** Takes armored text apart. Throws `NET_CREDENTIAL_INVALID`. */
export function readSignature(text: string): SshSignature {
  const [, inner] = new RegExp(`${BEGIN}\\s([\\s\\S]*?)${END}`).exec(text) ?? []
  const bytes = Buffer.from(inner ?? '', 'base64')
  try {
    const reader = new FieldReader(bytes)
    if (!reader.bytes(6).equals(MAGIC) || reader.number() !== 1) throw new RangeError('no SSHSIG')
    const [blob, namespace] = [Uint8Array.from(reader.field()), reader.text()]
    reader.field()
    return { blob, namespace, hash: reader.text(), signature: Uint8Array.from(reader.field()) }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw netError('NET_CREDENTIAL_INVALID', {
      message: 'it is no signature of SSH, or its text is damaged',
      cause: error,
    })
  }
}

/** Whether it is right for the data and the namespace; whose key it is, is another question. */
export function isSignatureOf(
  { blob, namespace, hash, signature }: SshSignature,
  data: Uint8Array,
  wanted: string,
): boolean {
  if (namespace !== wanted || !HASHES.has(hash)) return false
  const type = new FieldReader(blob).text()
  const key = plainType(type) === type ? blob : readCertificate(blob)?.publicKey
  return key !== undefined && isSignedBy(key, signature, signedText(data, namespace, hash))
}

function signedText(data: Uint8Array, namespace: string, hash: string): Buffer {
  const digest = createHash(hash).update(data).digest()
  return Buffer.concat([MAGIC, fields(namespace, '', hash, digest)])
}

const MAGIC: Buffer = Buffer.from('SSHSIG')
const HASH = 'sha512'
const HASHES: ReadonlySet<string> = new Set(['sha256', 'sha512'])
const BEGIN = '-----BEGIN SSH SIGNATURE-----'
const END = '-----END SSH SIGNATURE-----'
