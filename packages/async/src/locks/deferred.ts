/*
 * A result that another task will give: asyncio's Future.
 */

import { WaitList } from '@net/core/authoring'

import type { WaitOptions } from '../tasks/job.ts'
import { waitRefusal } from './wait-refusal.ts'

/** Whether a Deferred waits for its result, has a value, or has an error. */
export type DeferredState = 'pending' | 'resolved' | 'rejected'

/**
 * A result to come. Only the first result counts. An error that no call waits for, neither here nor on `promise`, is an
 * unhandled rejection.
 */
export class Deferred<T> {
  /** The result, as a promise. */
  readonly promise: Promise<T>
  readonly #waiting = new WaitList<T>({ what: 'the result' })
  readonly #settle: PromiseWithResolvers<T>
  #state: DeferredState = 'pending'

  constructor() {
    this.#settle = Promise.withResolvers<T>()
    this.promise = this.#settle.promise
  }

  /** Whether there is a result. */
  get state(): DeferredState {
    return this.#state
  }

  /** Waits for the result. A wait that is aborted or times out does not affect the others. */
  wait(options?: WaitOptions): Promise<T> {
    const refused = waitRefusal(options)
    if (refused !== undefined) return Promise.reject(refused)
    if (this.#state !== 'pending' || options === undefined) return this.promise
    return this.#waiting.wait(undefined, options)
  }

  /** Gives the value; true if it was the first result. */
  resolve(value: T): boolean {
    if (this.#state !== 'pending') return false
    this.#state = 'resolved'
    this.#settle.resolve(value)
    this.#waiting.grantAll(value)
    return true
  }

  /** Gives an error instead; true if it was the first result. */
  reject(error: Error): boolean {
    if (this.#state !== 'pending') return false
    this.#state = 'rejected'
    // Those who wait have it then, and need not look at the promise.
    if (this.#waiting.size > 0) this.promise.catch(() => {})
    this.#settle.reject(error)
    this.#waiting.failAll(() => error)
    return true
  }
}
