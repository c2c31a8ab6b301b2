/*
 * A limited number at a time. A permit is held as a lease, so that it is released once, whatever
 * happens in between.
 */

import { WaitList, netError, own } from '@net/core/authoring'

import type { WaitOptions } from '../tasks/job.ts'
import { countOf, wholeOf } from '../option-checks.ts'
import { Permit, type Lease } from './permit.ts'
import { waitRefusal } from './wait-refusal.ts'

/** Options of a semaphore. */
export interface SemaphoreOptions {
  /**
   * The most permits that there may ever be. Default the number at first, at least 1, so that a `release` without an acquisition is
   * an error; `Infinity` for one that counts what happens elsewhere.
   */
  readonly max?: number
}

/** A semaphore that begins with so many permits, first come, first served. The constructor throws `NET_BAD_OPTION`. */
export class Semaphore {
  /** The most permits that there may ever be. */
  readonly max: number
  readonly #waiting = new WaitList<Lease>({ what: 'a permit of the semaphore' })
  #available: number
  #held = 0

  constructor(permits: number, options?: SemaphoreOptions) {
    this.#available = wholeOf('permits', permits)
    this.max = countOf('max', own(options, 'max') ?? Math.max(permits, 1))
    if (permits > this.max) {
      throw netError('NET_BAD_OPTION', { message: 'permits must not be more than max' })
    }
  }

  /** How many permits are free. */
  get available(): number {
    return this.#available
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Waits for a permit: `using lease = await semaphore.acquire()`. A wait that is aborted or times out holds none. */
  acquire(options?: WaitOptions): Promise<Lease> {
    const refused = waitRefusal(options)
    if (refused !== undefined) return Promise.reject(refused)
    if (this.#available > 0) return Promise.resolve(this.#take())
    return this.#waiting.wait(undefined, options)
  }

  /** A permit if one is free at once, else undefined. */
  tryAcquire(): Lease | undefined {
    return this.#available > 0 ? this.#take() : undefined
  }

  /**
   * Adds a permit that no lease holds, as for an event that others wait for. Throws `NET_NOT_HELD` if that would make more
   * than `max`.
   */
  release(): void {
    if (this.#available + this.#held >= this.max) {
      const message = `release() was called without an acquired permit: max is ${this.max}`
      throw netError('NET_NOT_HELD', { message })
    }
    this.#available++
    this.#pass()
  }

  #take(): Lease {
    this.#available--
    this.#held++
    return new Permit(this.#giveBack)
  }

  readonly #giveBack = (): void => {
    this.#held--
    this.#available++
    this.#pass()
  }

  #pass(): void {
    this.#waiting.shift()?.grant(this.#take())
  }
}
