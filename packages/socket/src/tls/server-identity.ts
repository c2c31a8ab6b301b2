/*
 * What a TLS server is: one certificate with its rules, or several of which the client's SNI chooses. Each is made ready once
 * for all connections, without which no session could be resumed.
 */

import type { X509Certificate } from 'node:crypto'
import type { SecureContext } from 'node:tls'

import { netError, own } from '@net/core/authoring'

import { serverContext } from './context.ts'
import { withoutDot } from './identity.ts'
import { nodeCrypto } from './node-tls.ts'
import type { ServerTls, TlsOptions } from './options.ts'
import { unlocked, type Opening } from './passphrase.ts'

/** One certificate of a server. */
export interface ServerIdentity {
  readonly tls: TlsOptions
  readonly context: SecureContext
  readonly certificate: X509Certificate
  /** Whether clients are asked for a certificate. */
  readonly asks: boolean
  /** Whether those without one that we trust are refused. */
  readonly isStrict: boolean
}

/** The identities of a server; the first is for clients whose name no certificate has, and for those that name none. */
export type ServerIdentities = readonly [ServerIdentity, ...ServerIdentity[]]

/**
 * Makes them ready. Rejects with `NET_BAD_OPTION` for a certificate that cannot be used, and `NET_CREDENTIAL_INVALID` if a key does
 * not open.
 */
export async function serverIdentities(
  tls: ServerTls,
  opening: Opening,
): Promise<ServerIdentities> {
  const all = [tls].flat() as readonly TlsOptions[]
  // A session goes by the rules of the first one, whatever name it was begun for.
  const resumes = !all.some(asksClients)
  const [first, ...others] = await Promise.all(
    all.map((each) => identityOf(each, opening, resumes)),
  )
  if (first !== undefined) return [first, ...others]
  throw netError('NET_BAD_OPTION', { message: 'a TLS server needs at least one certificate' })
}

/** The one whose certificate has the name that the client asks for. */
export function identityFor(
  identities: ServerIdentities,
  name: string | undefined,
): ServerIdentity {
  const [first] = identities
  if (name === undefined || identities.length === 1) return first
  const wanted = withoutDot(name)
  return identities.find(({ certificate }) => certificate.checkHost(wanted) !== undefined) ?? first
}

async function identityOf(
  tls: TlsOptions,
  opening: Opening,
  resumes: boolean,
): Promise<ServerIdentity> {
  const made = resumes ? resuming : fresh
  // Options behind the door are frozen, so that they stand for what was made of them.
  const known = made.get(tls)
  if (known !== undefined) return known
  const identity = await unlocked(tls, opening, (passphrase) =>
    newIdentity(tls, serverContext(tls, { passphrase, resumes })),
  )
  made.set(tls, identity)
  return identity
}

function asksClients(tls: TlsOptions): boolean {
  return own(tls, 'ca') !== undefined || own(tls, 'caFolder') !== undefined
}

function newIdentity(tls: TlsOptions, context: SecureContext): ServerIdentity {
  const asks = asksClients(tls)
  return {
    tls,
    context,
    certificate: new (nodeCrypto().X509Certificate)(Buffer.from(own(tls, 'cert') ?? '')),
    asks,
    isStrict: asks && own(tls, 'dangerouslySkipVerification') !== true,
  }
}

const resuming = new WeakMap<TlsOptions, ServerIdentity>()
/** Those of servers that ask some client for a certificate. */
const fresh = new WeakMap<TlsOptions, ServerIdentity>()
