/* A cache in the memory of the program. */

import { inCall, option, optionsDoor } from '@net/core/authoring'

import { CacheChanges } from './changes.ts'
import type { CacheRecord, HttpCache } from './entry.ts'
import { seal } from './seal.ts'

/** Options of `memoryCache()`. */
export interface MemoryCacheOptions {
  /** How many bytes of bodies are kept. What was used least recently goes first. Default 64 MiB. */
  readonly maxBytes?: number | undefined
}

/** Keeps answers as long as the program runs. Throws `NET_BAD_OPTION`. */
export function memoryCache(options?: MemoryCacheOptions): HttpCache {
  return inCall(CALL, () => new MemoryCache(cacheOptions(options).maxBytes ?? MOST))
}

class MemoryCache implements HttpCache {
  readonly #most: number
  readonly #key = crypto.getRandomValues(new Uint8Array(32))
  /** The least recently used first. */
  readonly #records = new Map<string, CacheRecord>()
  #size = 0

  constructor(most: number) {
    this.#most = most
  }

  seal(text: string): string {
    return seal(text, this.#key)
  }

  read(url: string): CacheRecord | undefined {
    const record = this.#records.get(url)
    if (record !== undefined) {
      this.#records.delete(url)
      this.#records.set(url, record)
    }
    return record
  }

  write(url: string, record: CacheRecord | undefined): void {
    this.#drop(url)
    const size = record === undefined ? 0 : sizeOf(record)
    if (record === undefined || size > this.#most) return
    this.#records.set(url, record)
    this.#size += size
    for (const oldest of this.#records.keys()) {
      if (this.#size <= this.#most) return
      this.#drop(oldest)
    }
  }

  async delete(prefix = ''): Promise<number> {
    await CacheChanges.of(this).makeAllVoid()
    const urls = [...this.#records].filter(([, { url }]) => url.startsWith(prefix))
    for (const [url] of urls) this.#drop(url)
    return urls.length
  }

  #drop(url: string): void {
    const record = this.#records.get(url)
    if (record === undefined) return
    this.#records.delete(url)
    this.#size -= sizeOf(record)
  }
}

function sizeOf({ entries }: CacheRecord): number {
  return entries.reduce((sum, { body }) => sum + body.length + ENTRY, 0)
}

const CALL = { protocol: 'http', call: 'memoryCache' } as const
const cacheOptions = optionsDoor<MemoryCacheOptions>(CALL, { maxBytes: option.bytes })
const MOST = 67_108_864
/** What an entry takes beside its body, about. */
const ENTRY = 1024
