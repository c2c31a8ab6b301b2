/* From TlsOptions to what OpenSSL wants. Bad certificates, keys and options are found here, before anything is sent. */

import type { SecureContext, SecureContextOptions } from 'node:tls'

import { isSecret } from '@net/core'
import { mergeOwn, netError, own } from '@net/core/authoring'

import { environmentTrust } from './environment-trust.ts'
import { nodeTls } from './node-tls.ts'
import type { TlsMaterial, TlsOptions } from './options.ts'

/** The context of a client. Throws `NET_BAD_OPTION`, or `NET_CREDENTIAL_INVALID` if the key does not open. */
export function contextOf(tls: TlsOptions): SecureContext {
  const trust = own(tls, 'ca') === undefined ? environmentTrust() : undefined
  const options = openssl(tls)
  if (trust === undefined) return made(options)
  // With a client certificate it may hold a key, which no other connection should find here.
  if (options.cert !== undefined || options.key !== undefined)
    return made({ ...options, ca: [...trust] })
  return trusting(trust, options)
}

/** To read a few hundred authorities takes OpenSSL a good part of a second, so that it is done once. */
function trusting(trust: readonly string[], options: SecureContextOptions): SecureContext {
  const { minVersion, maxVersion, ciphers = '' } = options
  const key = `${minVersion} ${maxVersion} ${ciphers}`
  if (kept.trust !== trust) kept = { trust, contexts: new Map() }
  const known = kept.contexts.get(key)
  if (known !== undefined) return known
  const context = made({ ...options, ca: [...trust] })
  kept.contexts.set(key, context)
  return context
}

function made(options: SecureContextOptions): SecureContext {
  try {
    return nodeTls().createSecureContext(options)
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
  return made(openssl(tls))
}

function openssl(tls: TlsOptions): SecureContextOptions {
  const { minVersion = 'TLSv1.2', maxVersion = 'TLSv1.3', ...rest } = mergeOwn<TlsOptions>(tls)
  const { ca, cert, key, ciphers, passphrase } = rest
  // Versions are called so that they sort as text.
  if (minVersion > maxVersion) {
    throw netError('NET_BAD_OPTION', { message: 'tls.minVersion is above tls.maxVersion' })
  }
  return {
    minVersion,
    maxVersion,
    ...(ca === undefined ? {} : { ca: [ca].flat().map(authority) }),
    ...(cert === undefined ? {} : { cert: pem(cert, 'CERTIFICATE') }),
    ...(key === undefined ? {} : { key: pem(key, 'PRIVATE KEY') }),
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(passphrase === undefined
      ? {}
      : { passphrase: isSecret(passphrase) ? passphrase.reveal() : passphrase }),
  }
}

/** OpenSSL takes any text for a list of authorities, and then trusts none. */
function authority(material: TlsMaterial): string | Buffer {
  const text = pem(material, 'CERTIFICATE')
  if (text.includes('-----BEGIN ')) return text
  throw netError('NET_BAD_OPTION', { message: 'tls.ca contains something other than certificates' })
}

/** OpenSSL is given PEM; DER begins with the byte of a SEQUENCE. */
function pem(material: TlsMaterial, label: string): string | Buffer {
  if (typeof material === 'string') return material
  const bytes = Buffer.from(material)
  if (bytes[0] !== SEQUENCE) return bytes
  const base64 = bytes.toString('base64').replace(/.{64}/g, '$&\n')
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`
}

let kept: {
  readonly trust: readonly string[] | undefined
  readonly contexts: Map<string, SecureContext>
} = { trust: undefined, contexts: new Map() }

const SEQUENCE = 0x30
const LOCKED = /BAD_DECRYPT|BAD_PASSWORD|BAD_PASS|INTERRUPTED_OR_CANCELLED/
