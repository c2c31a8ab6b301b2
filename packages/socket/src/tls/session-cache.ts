/* Where TLS sessions are kept, by which the next handshake with the same server is shorter. It must not know what they belong to. */

import { option, optionsDoor, type OptionsDoor, type Shape } from '@net/core/authoring'

/**
 * Keeps TLS sessions for connections to come: `tlsSessionCache()`, or an object of your own, such as one that shares them
 * between processes. A session is a secret: whoever has it can decrypt the connection that it came from.
 */
export interface TlsSessionCache {
  /** Takes a session out, as each is for one connection; undefined if there is none. */
  take(key: string): Uint8Array | undefined
  /** Keeps a session. */
  add(key: string, session: Uint8Array): void
}

/** Options of `tlsSessionCache`. */
export interface TlsSessionCacheOptions {
  /** Of how many servers sessions are kept; the one that was not used for the longest goes first. Default 100. */
  readonly max?: number | undefined
}

/** A cache in memory: `connect(url, { tls: { session: cache } })`. Clients that connect again by themselves have one of their own. */
export function tlsSessionCache(options?: TlsSessionCacheOptions): TlsSessionCache {
  return new SessionsInMemory(cacheDoor(options).max ?? SERVERS)
}

/** A session cache. */
export const isSessionCache: Shape<TlsSessionCache> = option.methods<TlsSessionCache>(
  'a session cache, such as tlsSessionCache()',
  'take',
  'add',
)

/** The cache of a client. */
export function cacheOf(client: object): TlsSessionCache {
  const known = caches.get(client)
  if (known !== undefined) return known
  const cache = new SessionsInMemory(SERVERS)
  caches.set(client, cache)
  return cache
}

class SessionsInMemory implements TlsSessionCache {
  readonly #max: number
  /** In the order of their last use. */
  readonly #sessions = new Map<string, Uint8Array[]>()

  constructor(max: number) {
    this.#max = max
  }

  take(key: string): Uint8Array | undefined {
    const sessions = this.#sessions.get(key)
    const session = sessions?.pop()
    if (sessions?.length === 0) this.#sessions.delete(key)
    return session
  }

  add(key: string, session: Uint8Array): void {
    const sessions = this.#sessions.get(key) ?? []
    this.#sessions.delete(key)
    sessions.push(session)
    if (sessions.length > EACH) sessions.shift()
    this.#sessions.set(key, sessions)
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= this.#max) return
      this.#sessions.delete(oldest)
    }
  }
}

const caches = new WeakMap<object, TlsSessionCache>()
const SERVERS = 100
/** A server gives two with TLS 1.3, one for each of the next connections. */
const EACH = 4
const cacheDoor: OptionsDoor<TlsSessionCacheOptions> = optionsDoor<TlsSessionCacheOptions>(
  { protocol: 'socket', call: 'tlsSessionCache' },
  { max: option.count },
  { maxEntries: 'max', size: 'max' },
)
