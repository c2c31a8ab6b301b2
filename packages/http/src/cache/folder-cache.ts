/*
 * A cache in a folder, for programs that start again and for several that share it: a file for each URL, named by a digest
 * and put in place whole. A file that cannot be read counts as none.
 */

import { join } from 'node:path'

import {
  argument,
  clock,
  disk,
  inCall,
  isError,
  makeLocalFolders,
  netError,
  option,
  optionsDoor,
} from '@net/core/authoring'

import { CacheChanges } from './changes.ts'
import type { CacheEntry, CacheRecord, HttpCache } from './entry.ts'
import { seal } from './seal.ts'

/** Options of `folderCache()`. */
export interface FolderCacheOptions {
  /**
   * How many bytes of files are kept. What was written longest ago goes first. Each URL that was changed in the last hour has a file of
   * a few bytes besides. Default 1 GiB.
   */
  readonly maxBytes?: number | undefined
}

/**
 * Keeps answers in a folder, which is made if it is not there, readable by its owner alone. Requests reject with
 * `NET_LOCAL_IO` where the folder cannot be used. Throws `NET_BAD_OPTION`.
 */
export function folderCache(folder: string, options?: FolderCacheOptions): HttpCache {
  return inCall(CALL, () => {
    argument('the folder', option.text, folder)
    return new FolderCache(folder, cacheOptions(options).maxBytes ?? MOST)
  })
}

class FolderCache implements HttpCache {
  readonly #folder: string
  readonly #most: number
  #key: Uint8Array | undefined
  #opening: Promise<void> | undefined
  #written = 0
  /** When what other programs left, and marks, were looked at last. */
  #swept = -Infinity

  constructor(folder: string, most: number) {
    this.#folder = folder
    this.#most = most
  }

  async ready(): Promise<void> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    await this.#opening
  }

  seal(text: string): string {
    return seal(text, this.#key ?? new Uint8Array())
  }

  async read(url: string): Promise<CacheRecord | undefined> {
    const reading = disk().readFile(this.#fileOf(url))
    const [record, changed] = await Promise.all([
      reading.then(parsed).catch(() => undefined),
      changeAt(this.#markOf(url)),
    ])
    // What was asked for before the change may have been put in place after it, by another program.
    const entries = record?.entries.filter(({ requested }) => requested >= changed) ?? []
    return record === undefined || entries.length === 0 ? undefined : { ...record, entries }
  }

  async write(url: string, record: CacheRecord | undefined): Promise<void> {
    const file = this.#fileOf(url)
    if (record === undefined) {
      await disk().rm(file, { force: true })
      await inPlace(this.#markOf(url), Buffer.from(String(clock().date())))
      if (clock().date() - this.#swept > BETWEEN_SWEEPS) await this.#removeLeft()
    } else {
      const bytes = written(record)
      if (bytes.length <= this.#most) await inPlace(file, bytes)
      this.#written += bytes.length
      if (this.#written > this.#most / 10) await this.#tidy()
    }
  }

  async delete(prefix = ''): Promise<number> {
    await this.ready()
    await CacheChanges.of(this).makeAllVoid()
    let count = 0
    for (const name of await this.#names()) {
      const file = join(this.#folder, name)
      const record = await disk()
        .readFile(file)
        .then(parsed, () => undefined)
      if (record !== undefined && !record.url.startsWith(prefix)) continue
      await disk().rm(file, { force: true })
      count += 1
    }
    return count
  }

  #fileOf(url: string): string {
    return join(this.#folder, `${this.seal(url)}${SUFFIX}`)
  }

  /** The file with the time of the last change to the URL: answers requested before it are out of date. */
  #markOf(url: string): string {
    return join(this.#folder, `${this.seal(url)}${MARK}`)
  }

  async #names(suffix = SUFFIX): Promise<readonly string[]> {
    return (await disk().readdir(this.#folder)).filter((name) => name.endsWith(suffix))
  }

  async #open(): Promise<void> {
    try {
      await makeLocalFolders(this.#folder, 0o700)
      this.#key = await keyIn(join(this.#folder, 'key'))
      await this.#removeLeft()
      await this.#tidy()
    } catch (cause) {
      const code: unknown = isError(cause) ? Reflect.get(cause, 'code') : undefined
      const message = `the cache folder ${this.#folder} cannot be used (${String(code)})`
      throw netError('NET_LOCAL_IO', { message, cause })
    }
  }

  /**
   * Removes the parts of programs that ended while they wrote, and marks of changes; those of others that write now stay, and marks
   * as long as an answer may be on its way that was asked for before.
   */
  async #removeLeft(): Promise<void> {
    this.#swept = clock().date()
    for (const name of [...(await this.#names(PART)), ...(await this.#names(MARK))]) {
      const file = join(this.#folder, name)
      const { mtimeMs } = await disk()
        .stat(file)
        .catch(() => ({ mtimeMs: Infinity }))
      if (clock().date() - mtimeMs > LONGEST_WRITE) await disk().rm(file, { force: true })
    }
  }

  /** Removes the oldest files until all fit. */
  async #tidy(): Promise<void> {
    this.#written = 0
    const files = await Promise.all(
      (await this.#names()).map(async (name) => {
        const file = join(this.#folder, name)
        const { size, mtimeMs } = await disk()
          .stat(file)
          .catch(() => ({ size: 0, mtimeMs: 0 }))
        return { file, size, mtimeMs }
      }),
    )
    let total = files.reduce((sum, { size }) => sum + size, 0)
    for (const { file, size } of files.toSorted((one, other) => one.mtimeMs - other.mtimeMs)) {
      if (total <= this.#most) return
      await disk().rm(file, { force: true })
      total -= size
    }
  }
}

/** The key of the folder; of several programs that begin at once, all take that of the first. It is put in place whole. */
async function keyIn(file: string): Promise<Uint8Array> {
  const kept = await keyAt(file)
  if (kept !== undefined) return kept
  const made = crypto.getRandomValues(new Uint8Array(KEY_LENGTH))
  const part = `${file}.${crypto.randomUUID()}${PART}`
  try {
    await disk().writeFile(part, made, { flag: 'wx', mode: 0o600 })
    await disk()
      .link(part, file)
      .catch(async () => {
        // Another program was first; or what is there is none, or nothing can have a second name here.
        if ((await keyAt(file)) === undefined) await disk().rename(part, file)
      })
  } finally {
    await disk().rm(part, { force: true })
  }
  return (await keyAt(file)) ?? made
}

/** Undefined if there is none, or not a whole one, as a program leaves it that found the disk full. */
async function keyAt(file: string): Promise<Uint8Array | undefined> {
  const kept = await disk()
    .readFile(file)
    .catch((error: unknown) => {
      if (isError(error) && Reflect.get(error, 'code') === 'ENOENT') return undefined
      throw error
    })
  return kept?.length === KEY_LENGTH ? kept : undefined
}

/** When the change was, in milliseconds since 1970; the beginning of time for none. */
async function changeAt(mark: string): Promise<number> {
  const text = await disk()
    .readFile(mark, 'utf8')
    .catch(() => '')
  return text === '' ? -Infinity : Number(text)
}

async function inPlace(file: string, bytes: Uint8Array): Promise<void> {
  const part = `${file}.${crypto.randomUUID()}${PART}`
  try {
    await disk().writeFile(part, bytes, { mode: 0o600, flag: 'wx' })
    await disk().rename(part, file)
  } catch (error) {
    await disk().rm(part, { force: true })
    throw error
  }
}

/** A line of JSON, and behind it the bodies. */
function written({ url, entries }: CacheRecord): Uint8Array {
  const heads = entries.map(({ body, ...head }) => ({ ...head, size: body.length }))
  const line = JSON.stringify({ version: VERSION, url, entries: heads })
  return Buffer.concat([Buffer.from(`${line}\n`), ...entries.map(({ body }) => body)])
}

/** Undefined for what is no such file, or not a whole one. */
function parsed(bytes: Buffer): CacheRecord | undefined {
  const end = bytes.indexOf('\n')
  const head = JSON.parse(bytes.toString('utf8', 0, Math.max(0, end))) as WrittenRecord
  if (head.version !== VERSION) return undefined
  let at = end + 1
  const entries = head.entries.map((written) => {
    if (!isEntry(written)) throw new TypeError('the file is of another program')
    const { size, ...entry } = written
    const body = bytes.subarray(at, at + size)
    at += size
    return { ...entry, body }
  })
  return at === bytes.length ? { url: head.url, entries } : undefined
}

/** Whether the entry has every field that the cache needs to match a request and to answer it. */
function isEntry({ vary, headers, status, size, requested, received }: WrittenEntry): boolean {
  const isFilled = Array.isArray(headers) && Array.isArray(vary) && vary.every(Array.isArray)
  return isFilled && size >= 0 && [status, size, requested, received].every(Number.isFinite)
}

interface WrittenRecord {
  readonly version: number
  readonly url: string
  readonly entries: readonly WrittenEntry[]
}

type WrittenEntry = Omit<CacheEntry, 'body'> & { readonly size: number }

const CALL = { protocol: 'http', call: 'folderCache' } as const
const cacheOptions = optionsDoor<FolderCacheOptions>(CALL, { maxBytes: option.bytes })
const MOST = 1_073_741_824
const KEY_LENGTH = 32
const SUFFIX = '.entry'
const PART = '.part'
const MARK = '.change'
/** In milliseconds. */
const LONGEST_WRITE = 3_600_000
/** In milliseconds between two clean-ups: each looks at all marks, and there may be many. */
const BETWEEN_SWEEPS = 600_000
const VERSION = 1
