/*
 * Results that are kept, so that work is done once for many who ask. Who asks while the work is being done waits for
 * that same work.
 */

import { WaitList, clock, netError, option } from '@net/core/authoring'

import { isCancellation } from './cancellation.ts'
import { doorOf } from '../doors.ts'
import type { JobContext, WaitOptions } from './job.ts'
import { jobOf } from '../option-checks.ts'
import { reportLate } from '../report-late.ts'
import { waitRefusal } from '../locks/wait-refusal.ts'

/** Makes the result for a key. Its signal aborts when the last call has stopped waiting. */
export type MemoJob<K, V> = (key: K, context: JobContext) => PromiseLike<V>

/** Options of a memo. */
export interface MemoOptions {
  /** How many results are kept; the least recently used one is dropped first. Default 128. */
  readonly max?: number | undefined
  /** How many milliseconds a result is good for. Default `Infinity`. */
  readonly ttl?: number | undefined
}

/** How a memo has done. */
export interface MemoStatistics {
  /** How many results are kept. */
  readonly size: number
  /** How often a result was there, or on its way. */
  readonly hits: number
  /** How often the work had to be begun. */
  readonly misses: number
}

/**
 * The results of a job by its key, compared as in a Map. Errors reject the calls that wait, and are not kept. The
 * constructor throws `NET_BAD_OPTION`.
 */
export class Memo<K, V> {
  readonly #job: MemoJob<K, V>
  readonly #max: number
  readonly #ttl: number
  // The order of a Map is that of insertion: the most recently used result is last.
  readonly #kept = new Map<K, Kept<V>>()
  readonly #running = new Map<K, Run<V>>()
  #hits = 0
  #misses = 0

  constructor(job: MemoJob<K, V>, options?: MemoOptions) {
    this.#job = jobOf('job', job)
    const { max = 128, ttl = Infinity } = memoDoor(options)
    this.#max = max
    this.#ttl = ttl
  }

  /**
   * The result for the key, kept or made. A call that is aborted or times out leaves the work to the others; the last
   * one ends it. Work that was
   * slower than the `timeout` of a call is not joined by the calls after it.
   */
  get(key: K, options?: WaitOptions): Promise<V> {
    const refused = waitRefusal(options)
    if (refused !== undefined) return Promise.reject(refused)
    const kept = this.#fresh(key)
    if (kept !== undefined) {
      this.#hits++
      return Promise.resolve(kept.value)
    }
    const running = this.#running.get(key)
    if (running === undefined) this.#misses++
    else this.#hits++
    const run = running ?? this.#open(key)
    const result = run.waiting.wait(undefined, options)
    if (running === undefined) void this.#work(key, run)
    return result
  }

  /** Forgets the result for the key; calls that wait for it still get it. */
  delete(key: K): void {
    this.#kept.delete(key)
    this.#running.delete(key)
  }

  /** Forgets all results. */
  clear(): void {
    this.#kept.clear()
    this.#running.clear()
  }

  /** How it has done so far. */
  statistics(): MemoStatistics {
    return { size: this.#kept.size, hits: this.#hits, misses: this.#misses }
  }

  #fresh(key: K): Kept<V> | undefined {
    const kept = this.#kept.get(key)
    if (kept === undefined) return undefined
    this.#kept.delete(key)
    if (clock().now() >= kept.until) return undefined
    this.#kept.set(key, kept)
    return kept
  }

  #open(key: K): Run<V> {
    const controller = new AbortController()
    const waiting: WaitList<V> = new WaitList({
      what: 'the result',
      left: (_, by) => {
        // Work that outlasts a call's limit may hang: later calls begin it anew.
        if (by === 'limit') this.#forget(key, run)
        if (waiting.size > 0) return
        this.#forget(key, run)
        controller.abort(
          netError('NET_ABORTED', { message: 'every call that waited for the result has ended' }),
        )
      },
    })
    const run: Run<V> = { waiting, controller }
    this.#running.set(key, run)
    return run
  }

  async #work(key: K, run: Run<V>): Promise<void> {
    const { waiting, controller } = run
    try {
      const value = await this.#job(key, { signal: controller.signal })
      if (this.#forget(key, run)) this.#keep(key, value)
      waiting.grantAll(value)
    } catch (error) {
      this.#forget(key, run)
      if (waiting.size === 0 && !isCancellation(error, controller.signal.reason))
        reportLate('a job failed after everybody had stopped waiting for it', error)
      waiting.failAll(() => error as Error)
    }
  }

  #forget(key: K, run: Run<V>): boolean {
    return this.#running.get(key) === run && this.#running.delete(key)
  }

  #keep(key: K, value: V): void {
    this.#kept.set(key, { value, until: clock().now() + this.#ttl })
    if (this.#kept.size <= this.#max) return
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest)
      return
    }
  }
}

interface Kept<V> {
  readonly value: V
  readonly until: number
}

interface Run<V> {
  readonly waiting: WaitList<V>
  readonly controller: AbortController
}

const memoDoor = doorOf<MemoOptions>('new Memo', { max: option.count, ttl: option.limit })
