/* What is kept of an answer. Plain values, so that a cache may keep them anywhere. */

/** An answer that is kept. Times are in milliseconds since 1970. */
export interface CacheEntry {
  readonly status: number
  readonly statusText: string
  /** Names and values in turn, without those that belong to one connection, and without `Set-Cookie`. */
  readonly headers: readonly string[]
  /** As it was sent, codings and all. */
  readonly body: Uint8Array
  /** The fields of the request that decide whether it fits another one (`Vary`), null for absent ones; the values of secret ones are sealed. */
  readonly vary: readonly (readonly [name: string, value: string | null])[]
  /** The sealed `Authorization` of the request that it answered, with its TLS options and dialer; undefined without any. */
  readonly authorization: string | undefined
  /** The sealed `Cookie` likewise; null for an answer that the server calls `public`. */
  readonly cookie: string | undefined | null
  readonly requested: number
  readonly received: number
}

/** All that is kept for one URL: an entry for each variant and each user. */
export interface CacheRecord {
  /** The URL without the values of secret parameters. */
  readonly url: string
  readonly entries: readonly CacheEntry[]
}

/**
 * Keeps answers for one client or for several. Made by `memoryCache()` and `folderCache()`; what implements this keeps them
 * elsewhere. The client decides what is kept and used (RFC 9111, as a private cache).
 */
export interface HttpCache {
  /** Called once before the first use by a client. */
  ready?(): Promise<void>
  /** A keyed digest of a text: the same for the same text as long as the cache holds, and of no use to others. */
  seal(text: string): string
  read(url: string): CacheRecord | undefined | Promise<CacheRecord | undefined>
  /** Undefined removes what is there. */
  write(url: string, record: CacheRecord | undefined): void | Promise<void>
  /**
   * Removes what is kept for all URLs that begin with this text, or for all; resolves to how many URLs that were. Values of
   * secret parameters do not count.
   */
  delete(prefix?: string): Promise<number>
}
