/*
 * The thread that has a file open, as the rest of the process reaches it. Requests of one turn go together; a thread that ends takes
 * what was under way with it, as an error.
 */

import { uptime } from 'node:os'
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

import type { NetError } from '@net/core'
import { clock, netError } from '@net/core/authoring'

import type { QueueEvent } from '../queue-event.ts'
import { Listeners } from '../memory/listeners.ts'
import type { Moment } from './file-row.ts'
import type { FileAnswer, FileFault, FileNews, FileOpening, FileRequest } from './file-service.ts'
import type { FileAsk, FileOpened } from './file-thread.ts'
import { fileError } from './file-error.ts'
import { threadText } from './thread-text.ts'

/** How a file is opened. */
export interface FilePlace {
  readonly path: string
  readonly durability: 'process' | 'power'
}

/** A file, open in a thread of its own. */
export class FileThread {
  readonly #path: string
  readonly #worker: Worker
  readonly #queues = new Map<string, Listeners>()
  readonly #pending = new Map<number, Pending>()
  readonly #opened = Promise.withResolvers<void>()
  readonly #ended: Promise<void>
  #asked: FileRequest[] = []
  #n = 0
  #watchers = 0
  #failure: NetError | undefined

  constructor({ path, durability }: FilePlace) {
    this.#path = path
    const synchronous = durability === 'power' ? 'FULL' : 'NORMAL'
    const opening: FileOpening = { path, synchronous, boot: boot(), busy: LONGEST_LOCK }
    const worker = new Worker(threadText, { eval: true, name: 'jobs', workerData: opening })
    this.#worker = worker
    this.#opened.promise.catch(() => {})
    worker.on('message', (news: FileNews | FileOpened) => this.#heard(news))
    worker.on('error', (error: Error) => this.#fail({ message: error.message, code: undefined }))
    worker.on('exit', () => this.#fail({ message: 'the thread has ended', code: undefined }))
    // One that cannot open its file ends by itself, before it is closed.
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => resolve())
    })
    worker.unref()
  }

  /** The listeners of a queue. */
  listeners(queue: string): Listeners {
    let listeners = this.#queues.get(queue)
    if (listeners === undefined) this.#queues.set(queue, (listeners = new Listeners()))
    return listeners
  }

  /** Asks the thread; rejects with `NET_LOCAL_IO`. */
  async request<T>(queue: string, verb: string, args: readonly unknown[]): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure
    const n = ++this.#n
    if (this.#asked.length === 0) process.nextTick(() => this.#send())
    this.#asked.push({ n, queue, verb, args })
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#pending.set(n, { resolve, reject })
    this.#hold()
    return (await promise) as T
  }

  /** Looks what other processes do, until as many have called `unwatch`. */
  watch(): void {
    this.#watchers++
    if (this.#watchers === 1) this.#post({ watch: true })
    this.#hold()
  }

  unwatch(): void {
    this.#watchers--
    if (this.#watchers === 0) this.#post({ watch: false })
    this.#hold()
  }

  /** Resolves when the thread has ended. */
  async close(): Promise<void> {
    this.#failure ??= netError('NET_CLOSED', { protocol: 'queue', message: 'the file is closed' })
    this.#worker.ref()
    this.#post({ close: true })
    // A lock of another process may hold the thread for a minute.
    const timer = clock().after(LAST_GRACE, () => void this.#worker.terminate())
    await this.#ended
    timer.clear()
  }

  #post(ask: FileAsk): void {
    this.#worker.postMessage(ask, [])
  }

  #send(): void {
    const requests = this.#asked
    this.#asked = []
    this.#post({ requests, at: moment() })
  }

  #heard(news: FileNews | FileOpened): void {
    if ('opened' in news) {
      if (news.error === undefined) this.#opened.resolve()
      else this.#fail(news.error)
      return
    }
    for (const answer of news.answers ?? []) this.#answer(answer)
    if (news.changed === true) for (const listeners of this.#queues.values()) listeners.work()
    if (news.missed === true) this.#missed()
    for (const { queue, event } of news.events ?? []) {
      this.#queues.get(queue)?.tell(JSON.parse(event) as QueueEvent)
    }
    this.#hold()
  }

  #missed(): void {
    const time = clock().date()
    for (const listeners of this.#queues.values()) listeners.tell({ type: 'missed', time })
  }

  #answer({ n, value, error }: FileAnswer): void {
    const pending = this.#pending.get(n)
    this.#pending.delete(n)
    if (error === undefined) pending?.resolve(value)
    else pending?.reject(fileError(this.#path, error))
  }

  #fail(fault: FileFault): void {
    const error = this.#failure ?? fileError(this.#path, fault)
    this.#failure = error
    this.#opened.reject(error)
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
    this.#hold()
  }

  /** The process lives for what is asked, and for workers, and not for a file that is just open. */
  #hold(): void {
    if (this.#pending.size > 0 || this.#watchers > 0) this.#worker.ref()
    else this.#worker.unref()
  }
}

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: NetError) => void
}

/** Now, in times that all processes of this machine share. */
function moment(): Moment {
  offset ??= Number(process.hrtime.bigint()) / 1e6 - clock().now()
  return { now: clock().now() + offset, date: clock().date() }
}

/** Which boot this is: its id, or else when it was, to ten minutes. */
function boot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return String(Math.round((clock().date() / 1000 - uptime()) / 600))
  }
}

/** From the clock of the process to that of the machine. */
let offset: number | undefined
const LONGEST_LOCK = 60_000
const LAST_GRACE = 1000
