/* From TlsOptions to what OpenSSL wants. Bad certificates, keys and options are found here, before anything is sent. */

import type { SecureContext, SecureContextOptions } from 'node:tls'

import { isError, mergeOwn, netError, own } from '@net/core/authoring'

import { environmentTrust } from './environment-trust.ts'
import { nodeCrypto, nodeTls } from './node-tls.ts'
import type { TlsMaterial, TlsOptions } from './options.ts'
import { trustedFolder } from './trusted-folder.ts'

/** The context of a client. Throws `NET_BAD_OPTION`, or `NET_CREDENTIAL_INVALID` if the key does not open. */
export function contextOf(tls: TlsOptions, passphrase?: string): SecureContext {
  const isOwn = own(tls, 'ca') !== undefined || own(tls, 'caFolder') !== undefined
  const trust = isOwn ? undefined : environmentTrust()
  const options = openssl(tls, passphrase)
  // With a client certificate it may hold a key, which no other connection should find here.
  const isPlain =
    options.cert === undefined && options.key === undefined && options.crl === undefined
  if (trust !== undefined)
    return isPlain ? trusting(trust, options) : made({ ...options, ca: [...trust] })
  return isOwn && isPlain ? trustingOwn(options) : made(options)
}

/** A client makes many connections with the same options, such as those of FTP for data. */
function trustingOwn(options: SecureContextOptions): SecureContext {
  const key = JSON.stringify(options)
  const context = ours.get(key) ?? made(options)
  // At the end again: the one that was not used for the longest goes first.
  ours.delete(key)
  ours.set(key, context)
  const [oldest] = ours.keys()
  if (ours.size > MOST && oldest !== undefined) ours.delete(oldest)
  return context
}

/** To read a few hundred authorities takes OpenSSL a good part of a second, so that it is done once. */
function trusting(trust: readonly string[], options: SecureContextOptions): SecureContext {
  const key = JSON.stringify(options)
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
    const code = isError(error) ? String(Reflect.get(error, 'code')) : ''
    if (LOCKED.test(code) || !opens(options)) {
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

/** Whether the passphrase opens the key; a wrong one may also leave something that looks decrypted and is no key. */
function opens({ key, passphrase }: SecureContextOptions): boolean {
  const text = key instanceof Buffer ? key.toString('latin1') : key
  if (typeof text !== 'string' || passphrase === undefined || !text.includes('ENCRYPTED'))
    return true
  try {
    return nodeCrypto().createPrivateKey({ key: text, passphrase }).type === 'private'
  } catch {
    return false
  }
}

/** How the context of a server is made. */
export interface ServerContextOptions {
  readonly passphrase?: string | undefined
  /** Whether its sessions are resumed. Default: unless it asks clients for a certificate, which each shows anew. */
  readonly resumes?: boolean | undefined
}

/** The context of a server. Throws `NET_BAD_OPTION` without a certificate and its key. */
export function serverContext(
  tls: TlsOptions,
  { passphrase, resumes }: ServerContextOptions = {},
): SecureContext {
  if (own(tls, 'cert') === undefined || own(tls, 'key') === undefined) {
    throw netError('NET_BAD_OPTION', { message: 'a TLS server needs tls.cert and tls.key' })
  }
  const options = openssl(tls, passphrase)
  const mayResume = resumes ?? options.ca === undefined
  return made({
    ...options,
    sessionIdContext: 'net',
    ...(mayResume ? {} : { secureOptions: nodeCrypto().constants.SSL_OP_NO_TICKET }),
  })
}

function openssl(tls: TlsOptions, passphrase: string | undefined): SecureContextOptions {
  const { minVersion = 'TLSv1.2', maxVersion = 'TLSv1.3', ...rest } = mergeOwn<TlsOptions>(tls)
  const { cert, key, ciphers } = rest
  // Versions are called so that they sort as text.
  if (minVersion > maxVersion) {
    throw netError('NET_BAD_OPTION', { message: 'tls.minVersion is above tls.maxVersion' })
  }
  return {
    minVersion,
    maxVersion,
    ...trustOf(rest),
    ...(cert === undefined ? {} : { cert: pem(cert, 'CERTIFICATE') }),
    ...(key === undefined ? {} : { key: pem(key, 'PRIVATE KEY') }),
    ...(ciphers === undefined ? {} : { ciphers }),
    ...strengthOf(rest),
    ...(passphrase === undefined || key === undefined ? {} : { passphrase }),
  }
}

/** Whom we trust, and whom no more. */
function trustOf({ ca, caFolder, crl }: TlsOptions): SecureContextOptions {
  const given = ca === undefined ? [] : [ca].flat().map(authority)
  const inFolder = caFolder === undefined ? [] : trustedFolder(caFolder)
  return {
    // Who is named here is trusted, whether or not somebody else vouches for him.
    ...(ca === undefined && caFolder === undefined
      ? {}
      : { ca: [...given, ...inFolder], allowPartialTrustChain: true }),
    ...(crl === undefined ? {} : { crl: [crl].flat().map((each) => pem(each, 'X509 CRL')) }),
  }
}

function strengthOf({ groups, signatureAlgorithms }: TlsOptions): SecureContextOptions {
  return {
    ...(groups === undefined ? {} : { ecdhCurve: groups.join(':') }),
    ...(signatureAlgorithms === undefined ? {} : { sigalgs: signatureAlgorithms.join(':') }),
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

const ours = new Map<string, SecureContext>()
const MOST = 16
const SEQUENCE = 0x30
const LOCKED = /BAD_DECRYPT|BAD_PASSWORD|BAD_PASS|INTERRUPTED_OR_CANCELLED/
