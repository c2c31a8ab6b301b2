/* Public keys for callers: read, compared, shown to people, and what they have signed. */

import { createHash } from 'node:crypto'

import { inCall } from '@net/core/authoring'

import { fingerprintOf } from '../host-keys/host-key.ts'
import { readCertificate, type Certificate } from '../identity/certificate.ts'
import { invalid } from '../identity/invalid-key.ts'
import { keyContent, keySource, type KeySource } from '../identity/key-source.ts'
import { publicLine, readPublicText, type PublicKey } from '../identity/public-key.ts'
import { rsaBits } from '../identity/signatures.ts'
import { FieldReader } from '../identity/wire.ts'
import { randomart } from './randomart.ts'
import { isSignatureOf, readSignature } from './ssh-signature.ts'

/** A public key, or a certificate for one. */
export interface SshPublicKey {
  /** Its algorithm, such as `ssh-ed25519`. */
  readonly type: string
  /** In wire format. */
  readonly blob: Uint8Array
  readonly comment: string
  readonly bits: number
  /** `SHA256:…`, as `ssh-keygen -l` prints it; of a certificate, that of its key. */
  readonly fingerprint: string
  /** `MD5:…`, which old programs show. */
  readonly fingerprintMd5: string
  /** The fingerprint as a picture, as `ssh-keygen -lv` draws it. */
  readonly randomart: string
  /** What it says, if it is a certificate. */
  readonly certificate: Certificate | undefined
  /** As it stands in `authorized_keys` and `.pub` files: one line, without a line end. */
  readonly line: string
  /** Whether this key made the signature of the data (SSHSIG, as of `ssh-keygen -Y sign`). Throws `NET_CREDENTIAL_INVALID` for what is no signature. */
  verify(data: string | Uint8Array, signature: string, namespace: string): boolean
}

/** Reads a public key or a certificate: one line of OpenSSH's, RFC 4716, or PEM. Rejects with `NET_CREDENTIAL_INVALID`. */
export async function readPublicKey(source: KeySource): Promise<SshPublicKey> {
  const checked = inCall({ protocol: 'ssh', call: 'readPublicKey' }, () => keySource(source))
  const found = readPublicText(await keyContent(checked))
  if (found === undefined) throw invalid('it is no public key')
  return publicKeyFor(found)
}

/** A public key for callers. */
export function publicKeyFor({ type, blob, comment }: PublicKey): SshPublicKey {
  const certificate = readCertificate(blob)
  const plain = certificate?.publicKey ?? blob
  const bits = bitsOf(plain)
  const md5 = createHash('md5').update(plain).digest('hex')
  return Object.freeze({
    type,
    blob,
    comment,
    bits,
    fingerprint: fingerprintOf(plain),
    fingerprintMd5: `MD5:${md5.match(/../g)?.join(':') ?? ''}`,
    get randomart() {
      return randomart(plain, `${nameOf(plain)} ${bits}`)
    },
    certificate,
    line: publicLine({ type, blob, comment }),
    verify(data: string | Uint8Array, signature: string, namespace: string) {
      const found = readSignature(signature)
      return (
        Buffer.from(found.blob).equals(blob) &&
        isSignatureOf(found, Buffer.from(data as Uint8Array), namespace)
      )
    },
  })
}

function bitsOf(blob: Uint8Array): number {
  const [, curve] = /nistp(\d+)/.exec(new FieldReader(blob).text()) ?? []
  return rsaBits(blob) ?? Number(curve ?? 256)
}

function nameOf(blob: Uint8Array): string {
  const type = new FieldReader(blob).text()
  const [, name = 'ED25519'] = /(rsa|ecdsa|ed25519)/.exec(type) ?? []
  return `${name.toUpperCase()}${type.startsWith('sk-') ? '-SK' : ''}`
}
