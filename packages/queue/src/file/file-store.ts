/* A store in a file of this machine, which all its processes can use. */

import type { JobCounts, JobState } from '../job.ts'
import type { QueueEvent } from '../queue-event.ts'
import { deadlineError, diedTemplate, unknownError } from '../stored-error.ts'
import type {
  Claimed,
  ClaimRequest,
  JobLease,
  JobStore,
  NewJob,
  RetentionRules,
  Settlement,
  StoredJob,
} from '../store.ts'
import type { FileRules } from './file-endings.ts'
import type { FileThread } from './file-thread-host.ts'

/** One queue of a file. */
export class FileStore implements JobStore {
  readonly #name: string
  readonly #thread: FileThread
  readonly #closed: () => Promise<void>
  readonly #opened: Promise<unknown>

  /** `closed` is called when it is closed. */
  constructor(name: string, thread: FileThread, keep: RetentionRules, closed: () => Promise<void>) {
    this.#name = name
    this.#thread = thread
    this.#closed = closed
    const rules: FileRules = { keep, deadlineError, diedError: diedTemplate, unknownError }
    this.#opened = thread.request(name, 'open', [rules])
    this.#opened.catch(() => {})
  }

  async add(jobs: readonly NewJob[]): Promise<readonly (JobState | undefined)[]> {
    const states = await this.#ask<readonly (JobState | undefined)[]>('add', jobs)
    this.#thread.listeners(this.#name).work()
    return states
  }

  claim(request: ClaimRequest): Promise<Claimed> {
    return this.#ask('claim', request)
  }

  renew(leases: readonly JobLease[], lease: number): Promise<readonly string[]> {
    return this.#ask('renew', leases, lease)
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly boolean[]> {
    const settled = await this.#ask<readonly boolean[]>('settle', settlements)
    this.#thread.listeners(this.#name).work()
    return settled
  }

  mark(lease: JobLease, name: string): Promise<boolean> {
    return this.#ask('mark', lease, name)
  }

  progress(lease: JobLease, value: string): Promise<boolean> {
    return this.#ask('progress', lease, value)
  }

  get(id: string): Promise<StoredJob | undefined> {
    return this.#ask('get', id)
  }

  list(state: JobState, after: number, limit: number): Promise<readonly StoredJob[]> {
    return this.#ask('list', state, after, limit)
  }

  counts(): Promise<JobCounts> {
    return this.#ask('counts')
  }

  async pause(paused: boolean): Promise<void> {
    await this.#ask('pause', paused)
    this.#thread.listeners(this.#name).work()
  }

  drain(): Promise<number> {
    return this.#ask('drain')
  }

  async retry(id: string | undefined): Promise<number> {
    const count = await this.#ask<number>('retry', id)
    this.#thread.listeners(this.#name).work()
    return count
  }

  remove(id: string): Promise<JobState | undefined> {
    return this.#ask('remove', id)
  }

  onWork(listener: () => void): () => void {
    const stop = this.#thread.listeners(this.#name).onWork(listener)
    this.#thread.watch()
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      stop()
      this.#thread.unwatch()
    }
  }

  async onEvent(listener: (event: QueueEvent) => void): Promise<() => void> {
    const listeners = this.#thread.listeners(this.#name)
    const forget = listeners.onEvent(listener)
    this.#thread.watch()
    let isOver = false
    const stop = (): void => {
      if (isOver) return
      isOver = true
      forget()
      this.#thread.unwatch()
      // Another queue of that name in this process may listen still.
      if (!listeners.isHeard) this.#ask('ignore').catch(() => {})
    }
    try {
      await this.#ask('listen')
    } catch (error) {
      stop()
      throw error
    }
    return stop
  }

  close(): Promise<void> {
    return this.#closed()
  }

  async #ask<T>(verb: string, ...args: readonly unknown[]): Promise<T> {
    return this.#thread.request<T>(this.#name, verb, args)
  }
}
