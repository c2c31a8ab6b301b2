/*
 * The thread that has a file open, as the rest of the process reaches it. Requests of one turn go together; a thread that ends takes
 * what was under way with it, as an error, and the next request begins another one.
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
  readonly #opening: FileOpening
  readonly #queues = new Map<string, Listeners>()
  /** With what each queue was opened; a new thread is told again. */
  readonly #opens = new Map<string, readonly unknown[]>()
  readonly #pending = new Map<number, Pending>()
  #worker: Worker
  #ended: Promise<void> = Promise.resolve()
  #asked: FileRequest[] = []
  #n = 0
  #watchers = 0
  /** Why the thread has ended. */
  #failure: NetError | undefined
  #isClosed = false

  constructor({ path, durability }: FilePlace) {
    const synchronous = durability === 'power' ? 'FULL' : 'NORMAL'
    this.#opening = { path, synchronous, boot: boot(), busy: LONGEST_LOCK }
    this.#worker = this.#begun()
  }

  /** The listeners of a queue. */
  listeners(queue: string): Listeners {
    let listeners = this.#queues.get(queue)
    if (listeners === undefined) this.#queues.set(queue, (listeners = new Listeners()))
    return listeners
  }

  /** Asks the thread; rejects with `NET_LOCAL_IO`. */
  async request<T>(queue: string, verb: string, args: readonly unknown[]): Promise<T> {
    if (this.#isClosed) throw closed()
    if (this.#failure !== undefined) this.#beginAgain()
    if (verb === 'open') this.#opens.set(queue, args)
    return (await this.#asking(queue, verb, args)) as T
  }

  #asking(queue: string, verb: string, args: readonly unknown[]): Promise<unknown> {
    const n = ++this.#n
    if (this.#asked.length === 0) process.nextTick(() => this.#send())
    this.#asked.push({ n, queue, verb, args })
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#pending.set(n, { resolve, reject })
    this.#hold()
    return promise
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
    this.#isClosed = true
    this.#worker.ref()
    this.#post({ close: true })
    // A lock of another process may hold the thread for a minute.
    const timer = clock().after(LAST_GRACE, () => void this.#worker.terminate())
    await this.#ended
    timer.clear()
  }

  #begun(): Worker {
    const worker = this.#thread()
    const failed = (message: string, code?: number): void => {
      // Another one may have been begun since.
      if (worker === this.#worker) this.#fail({ message, code })
    }
    worker.on('message', (news: FileNews | FileOpened) => {
      if (!('opened' in news)) this.#heard(news)
      else if (news.error !== undefined) failed(news.error.message, news.error.code)
    })
    worker.on('error', (error: Error) => failed(error.message))
    worker.on('exit', () => failed('the thread has ended'))
    // One that cannot open its file ends by itself, before it is closed.
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => resolve())
    })
    worker.unref()
    return worker
  }

  /** Throws `NET_LOCAL_IO` where the system has no thread left. */
  #thread(): Worker {
    try {
      return new Worker(threadText, { eval: true, name: 'jobs', workerData: this.#opening })
    } catch (error) {
      throw fileError(this.#opening.path, { message: (error as Error).message, code: undefined })
    }
  }

  /** What kept the file from being opened or read may be over: a full disk, a lock, a folder that was not there. */
  #beginAgain(): void {
    this.#worker = this.#begun()
    this.#failure = undefined
    for (const [queue, args] of this.#opens) this.#asking(queue, 'open', args).catch(() => {})
    for (const [queue, { isHeard }] of this.#queues) {
      if (isHeard) this.#asking(queue, 'listen', []).catch(() => {})
    }
    if (this.#watchers > 0) this.#post({ watch: true })
    this.#missed()
  }

  #post(ask: FileAsk): void {
    this.#worker.postMessage(ask, [])
  }

  #send(): void {
    const requests = this.#asked
    this.#asked = []
    this.#post({ requests, at: moment() })
  }

  #heard(news: FileNews): void {
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
    else pending?.reject(fileError(this.#opening.path, error))
  }

  #fail(fault: FileFault): void {
    const error = this.#isClosed
      ? closed()
      : (this.#failure ?? fileError(this.#opening.path, fault))
    this.#failure = error
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

function closed(): NetError {
  return netError('NET_CLOSED', { protocol: 'queue', message: 'the file is closed' })
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
