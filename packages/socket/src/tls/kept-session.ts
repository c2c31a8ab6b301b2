/* The session with which one handshake of a client begins, and those that it earns for the next ones. */

import type { ClientContext } from '@net/core/authoring'
import { clock, guarded, own } from '@net/core/authoring'

import type { ConnectionInfo } from '../transport.ts'
import type { TlsOptions } from './options.ts'
import { sessionCertificate } from './session-certificate.ts'
import { cacheOf, type TlsSessionCache } from './session-cache.ts'
import { sessionKey } from './session-key.ts'

/** With whom a client shakes hands. */
export interface SessionPeer {
  readonly name: string
  readonly tls: TlsOptions
  readonly client: ClientContext | undefined
}

/** The sessions of one handshake. */
export interface KeptSession {
  /** The session to begin with. */
  readonly session: Buffer | undefined
  /** The server has given one for later. */
  add(session: Uint8Array): void
  /** The server has passed every check: what it has given may be used. */
  verified(): void
}

/** The sessions for one handshake, from the cache of the options or else of the client. */
export function keptSession(info: ConnectionInfo, { name, tls, client }: SessionPeer): KeptSession {
  const given = own(tls, 'session')
  if (given instanceof Uint8Array) return { session: Buffer.from(given), add() {}, verified() {} }
  const cache = given ?? (client && cacheOf(client))
  if (cache === undefined) return { session: undefined, add() {}, verified() {} }
  return new Kept(cache, sessionKey(info, name, tls))
}

/** A session outlives the certificate of its server at times, and nothing else would notice. One that shows none cannot be verified again. */
function resumable(session: Uint8Array): Buffer | undefined {
  const certificate = sessionCertificate(session)
  const isGood = certificate !== undefined && Date.parse(certificate.validTo) > clock().date()
  return isGood ? Buffer.from(session) : undefined
}

class Kept implements KeptSession {
  readonly session: Buffer | undefined
  readonly #add: (session: Uint8Array) => void
  #early: Uint8Array[] | undefined = []

  constructor(cache: TlsSessionCache, key: string) {
    let found: Uint8Array | undefined
    guarded('take of a session cache', () => {
      found = cache.take(key)
    })()
    this.session = found && resumable(found)
    this.#add = guarded('add of a session cache', (session: Uint8Array) => cache.add(key, session))
  }

  add(session: Uint8Array): void {
    if (this.#early === undefined) this.#add(session)
    else this.#early.push(session)
  }

  verified(): void {
    for (const session of this.#early ?? []) this.#add(session)
    this.#early = undefined
  }
}
