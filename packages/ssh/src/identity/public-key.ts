/* Public keys and certificates as text: one line of OpenSSH's, RFC 4716, or PEM. */

import { createPublicKey } from 'node:crypto'

import { isWhole } from '../host-keys/host-key.ts'
import { readCertificate } from './certificate.ts'
import { invalid } from './invalid-key.ts'
import { publicBlobOf } from './key-material.ts'
import { isCertificateType } from './signatures.ts'
import { FieldReader } from './wire.ts'

/** A public key, or a certificate. */
export interface PublicKey {
  /** Its algorithm, such as `ssh-ed25519`. */
  readonly type: string
  /** In wire format. */
  readonly blob: Uint8Array
  readonly comment: string
}

/** Reads the text of a public key or certificate; undefined for any other text. Throws `NET_CREDENTIAL_INVALID` for a damaged one. */
export function readPublicText(content: string): PublicKey | undefined {
  const text = content
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .trim()
  const [, type = '', base64 = '', comment = ''] = LINE.exec(text) ?? []
  if (type !== '') return keyOf(Buffer.from(base64, 'base64'), comment.trim(), type)
  const [, inner] = RFC4716.exec(text) ?? []
  if (inner !== undefined) {
    const [, told = ''] = /^Comment: *"?(.*?)"?$/im.exec(inner) ?? []
    const lines = inner.split('\n').filter((line) => !line.includes(':') && !line.endsWith('\\'))
    return keyOf(Buffer.from(lines.join(''), 'base64'), told)
  }
  if (!PEM.test(text)) return undefined
  try {
    return keyOf(publicBlobOf(createPublicKey(text)), '')
  } catch (error) {
    throw invalid('its text is damaged', error)
  }
}

/** The key as one line of OpenSSH's, without a line end. */
export function publicLine({ type, blob, comment }: PublicKey): string {
  const line = `${type} ${Buffer.from(blob).toString('base64')}`
  return comment === '' ? line : `${line} ${comment}`
}

function keyOf(blob: Uint8Array, comment: string, named?: string): PublicKey {
  try {
    const type = new FieldReader(blob).text()
    if (named !== undefined && named !== type)
      throw new RangeError(`${named} is named, ${type} is there`)
    const isRead = isCertificateType(type) ? readCertificate(blob) !== undefined : isWhole(blob)
    if (!isRead) throw new RangeError('it is cut')
    return { type, blob: Uint8Array.from(blob), comment }
  } catch (error) {
    throw invalid('its text is damaged', error)
  }
}

const LINE = /^([a-z][a-z0-9@.-]+)[ \t]+(AAAA[A-Za-z0-9+/=]+)(?:[ \t]+([^\n]*))?$/
const RFC4716 = /^---- BEGIN SSH2 PUBLIC KEY ----\n([\s\S]*?)\n---- END SSH2 PUBLIC KEY ----/
const PEM = /^-----BEGIN (?:RSA )?PUBLIC KEY-----/
