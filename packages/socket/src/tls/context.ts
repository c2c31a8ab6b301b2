/* From TlsOptions to what OpenSSL wants. Bad certificates, keys and options are found here, before anything is sent. */

import { createSecureContext, type SecureContext } from 'node:tls'

import { isSecret } from '@net/core'
import { netError, own } from '@net/core/authoring'

import type { TlsMaterial, TlsOptions } from './options.ts'

/** The context of a client. Throws `NET_BAD_OPTION`, or `NET_CREDENTIAL_INVALID` if the key does not open. */
export function contextOf(tls: TlsOptions): SecureContext {
  const ca = own(tls, 'ca')
  const cert = own(tls, 'cert')
  const key = own(tls, 'key')
  const ciphers = own(tls, 'ciphers')
  const passphrase = own(tls, 'passphrase')
  try {
    return createSecureContext({
      minVersion: own(tls, 'minVersion') ?? 'TLSv1.2',
      maxVersion: own(tls, 'maxVersion') ?? 'TLSv1.3',
      ...(ca === undefined ? {} : { ca: [ca].flat().map((each) => pem(each, 'CERTIFICATE')) }),
      ...(cert === undefined ? {} : { cert: pem(cert, 'CERTIFICATE') }),
      ...(key === undefined ? {} : { key: pem(key, 'PRIVATE KEY') }),
      ...(ciphers === undefined ? {} : { ciphers }),
      ...(passphrase === undefined
        ? {}
        : { passphrase: isSecret(passphrase) ? passphrase.reveal() : passphrase }),
    })
  } catch (error) {
    const code = error instanceof Error ? String(Reflect.get(error, 'code')) : ''
    if (LOCKED.test(code)) {
      throw netError('NET_CREDENTIAL_INVALID', {
        message: 'tls.passphrase does not open tls.key',
        cause: error,
      })
    }
    throw netError('NET_BAD_OPTION', {
      message: `a TLS option cannot be used (${code})`,
      cause: error,
    })
  }
}

/** The context of a server. Throws `NET_BAD_OPTION` without a certificate and its key. */
export function serverContext(tls: TlsOptions): SecureContext {
  if (own(tls, 'cert') === undefined || own(tls, 'key') === undefined) {
    throw netError('NET_BAD_OPTION', { message: 'a TLS server needs tls.cert and tls.key' })
  }
  return contextOf(tls)
}

/** OpenSSL is given PEM; DER begins with the byte of a SEQUENCE. */
function pem(material: TlsMaterial, label: string): string | Buffer {
  if (typeof material === 'string') return material
  const bytes = Buffer.from(material)
  if (bytes[0] !== SEQUENCE) return bytes
  const base64 = bytes.toString('base64').replace(/.{64}/g, '$&\n')
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`
}

const SEQUENCE = 0x30
const LOCKED = /BAD_DECRYPT|BAD_PASSWORD|BAD_PASS|INTERRUPTED_OR_CANCELLED/
