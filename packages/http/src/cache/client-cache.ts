/*
 * The cache of a client: which kept answer fits a request, what is kept of a new one, and what a change at the server makes
 * void. It must not know calls.
 */

import { isPromise } from 'node:util/types'

import { clock, isSecretName } from '@net/core/authoring'
import type { TlsOptions } from '@net/socket'

import { HttpHeaders } from '../headers.ts'
import { codingsOf, unasked } from '../middleware/codings.ts'
import { shownUrl } from '../shown-url.ts'
import { CacheChanges, type Filling } from './changes.ts'
import { directivesOf } from './directives.ts'
import type { CacheEntry, CacheRecord, HttpCache } from './entry.ts'
import { roadText, type CachedRoad } from './road-text.ts'
import { keptHeaders, mayKeep } from './rules.ts'

/** What of a request decides which entry fits it. */
export interface CacheAsking {
  /** Without fragment. */
  readonly url: string
  readonly headers: HttpHeaders
  /** The TLS options of the call. */
  readonly tls?: TlsOptions | undefined
  /** Whether another origin led to it, so that no certificate of ours shows who asks. */
  readonly isLed?: boolean | undefined
}

/** What of an answer is kept. */
export interface KeptParts {
  readonly status: number
  readonly statusText: string
  readonly headers: HttpHeaders
  readonly body: Uint8Array
  readonly requested: number
  readonly received: number
}

/** A cache as one client uses it. */
export class ClientCache {
  readonly cache: HttpCache
  #isReady: boolean
  readonly #seals = new Map<string, string>()
  readonly #changes: CacheChanges
  /** How the client reaches servers, as text. */
  readonly #road: string | undefined

  constructor(cache: HttpCache, road: CachedRoad = {}) {
    this.cache = cache
    this.#road = roadText(road)
    this.#changes = CacheChanges.of(cache)
    this.#isReady = cache.ready === undefined
  }

  /** Whether calls may begin at once. */
  get isReady(): boolean {
    return this.#isReady
  }

  async load(): Promise<void> {
    await this.cache.ready?.()
    this.#isReady = true
  }

  /** The entry that fits the request. */
  find(asking: CacheAsking): CacheEntry | undefined | Promise<CacheEntry | undefined> {
    const { url } = asking
    const changing = this.#changes.under(url)
    const record = changing === undefined ? this.cache.read(url) : this.#readBehind(changing, url)
    return isPromise(record)
      ? record.then((read) => this.#fitting(read, asking))
      : this.#fitting(record, asking)
  }

  /** What is kept once the change has come to its end; where that takes too long nothing is known. */
  async #readBehind(changing: Promise<void>, url: string): Promise<CacheRecord | undefined> {
    const late = Promise.withResolvers<void>()
    let isLate = false
    const timer = clock().after(PATIENCE, () => {
      isLate = true
      late.resolve()
    })
    await Promise.race([changing, late.promise])
    timer.clear()
    return isLate ? undefined : this.cache.read(url)
  }

  /** An answer to this request may be kept: what is said of its URL from now on counts. */
  begin({ url }: CacheAsking): Filling {
    return this.#changes.begin(url)
  }

  /** It will not be kept, or it has been. */
  end(filling: Filling): void {
    this.#changes.end(filling)
  }

  /** Keeps an answer in place of the one that fitted the request before; one that may not be kept only removes that. */
  async keep(filling: Filling, asking: CacheAsking, parts: KeptParts): Promise<void> {
    this.end(filling)
    if (filling.isVoid) return
    const entry = this.#entryOf(asking, parts)
    const isOfUse = mayKeep(parts.status, parts.headers) && isAskedFor(entry, asking.headers)
    await this.put(asking, isOfUse ? entry : undefined)
  }

  /** Puts an entry in the place of the one that fits the request; undefined removes that. */
  async put(asking: CacheAsking, entry: CacheEntry | undefined): Promise<void> {
    await this.#changes.run(asking.url, () => {
      const record = this.cache.read(asking.url)
      return isPromise(record)
        ? record.then((read) => this.#write(read, asking, entry))
        : this.#write(record, asking, entry)
    })
  }

  /** What is kept for the URL holds no more, for anybody (section 4.4). */
  async drop(url: string): Promise<void> {
    this.#changes.makeVoid(url)
    await this.#changes.run(url, () => this.cache.write(url, undefined))
  }

  #write(
    record: CacheRecord | undefined,
    asking: CacheAsking,
    entry: CacheEntry | undefined,
  ): void | Promise<void> {
    const before = record?.entries ?? []
    const others = before.filter((each) => !this.#fits(each, asking))
    if (entry === undefined && others.length === before.length) return undefined
    const entries = [...(entry === undefined ? [] : [entry]), ...others].slice(0, MOST_ENTRIES)
    const kept: CacheRecord = { url: shownUrl(asking.url), entries }
    return this.cache.write(asking.url, entries.length === 0 ? undefined : kept)
  }

  #entryOf(asking: CacheAsking, parts: KeptParts): CacheEntry {
    const { status, statusText, body, requested, received } = parts
    const names = (parts.headers.get('vary') ?? '').toLowerCase().split(/[\s,]+/)
    return {
      status,
      statusText,
      headers: keptHeaders(parts.headers).wire,
      body,
      vary: names
        .filter((name) => name !== '' && name !== 'authorization' && name !== 'cookie')
        .map((name) => [name, this.#told(asking.headers, name)] as const),
      authorization: this.#proof(asking),
      cookie: isShared(parts.headers, names) ? null : this.#sealed(asking.headers.get('cookie')),
      requested,
      received,
    }
  }

  #fitting(record: CacheRecord | undefined, asking: CacheAsking): CacheEntry | undefined {
    if (record === undefined) return undefined
    const fitting = record.entries.filter((entry) => this.#fits(entry, asking))
    return fitting.toSorted((one, other) => other.received - one.received)[0]
  }

  #fits(entry: CacheEntry, asking: CacheAsking): boolean {
    const { authorization, cookie, vary } = entry
    const { headers } = asking
    return (
      isAskedFor(entry, headers) &&
      authorization === this.#proof(asking) &&
      (cookie === null || cookie === this.#sealed(headers.get('cookie'))) &&
      vary.every(([name, value]) => value === this.#told(headers, name))
    )
  }

  #told(headers: HttpHeaders, name: string): string | null {
    if (isSecretName(name)) return this.#sealed(headers.get(name)) ?? null
    return headers.get(name)?.replace(/\s+/g, ' ') ?? null
  }

  /** Who asks whom: the credentials, and the certificate and trust of the road on which they go. */
  #proof({ headers, isLed, tls }: CacheAsking): string | undefined {
    const value = headers.get('authorization')
    const own = tls === undefined ? undefined : roadText({ tls })
    const road = [this.#road, own].filter((each) => each !== undefined)
    const keys = headers.secret ? keysIn(headers) : []
    if (road.length + keys.length === 0) return this.#sealed(value)
    return this.#sealed(JSON.stringify([value, keys, road, road.length > 0 && isLed]))
  }

  #sealed(value: string | undefined): string | undefined {
    if (value === undefined) return undefined
    const known = this.#seals.get(value)
    if (known !== undefined) return known
    const sealed = this.cache.seal(value)
    if (this.#seals.size >= MOST_SEALS) this.#seals.clear()
    this.#seals.set(value, sealed)
    return sealed
  }
}

/** Fields that show who asks as `Authorization` does: keys and tokens of many names. */
function keysIn(headers: HttpHeaders): readonly (readonly [string, string])[] {
  return [...headers].filter(([name]) => isSecretName(name) && !SHOWN.has(name.toLowerCase()))
}

/** Whether the request takes the coding of the answer: not all servers say that theirs varies with it. */
function isAskedFor({ headers }: CacheEntry, asked: HttpHeaders): boolean {
  const coding = HttpHeaders.received(headers).get('content-encoding')
  if (coding === undefined) return true
  return unasked(codingsOf(coding).known, asked.get('accept-encoding')) === undefined
}

/** The time of now, as entries have it. */
export function today(): number {
  return clock().date()
}

/** An answer that its server calls public is the same for all cookies, unless it says that it varies with them. */
function isShared(headers: HttpHeaders, vary: readonly string[]): boolean {
  return directivesOf(headers).has('public') && !vary.includes('cookie')
}

const SHOWN: ReadonlySet<string> = new Set(['authorization', 'cookie'])
/** How many milliseconds a call waits for a cache that is slow to change, before it asks the server. */
const PATIENCE = 2000
const MOST_ENTRIES = 16
const MOST_SEALS = 64
