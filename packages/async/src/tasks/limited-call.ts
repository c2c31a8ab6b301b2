/*
 * A call of a function of the caller's, with a limit; it can be abandoned earlier. What it gives after
 * that is handed on, so that nothing is lost.
 */

import { netError } from '@net/core/authoring'

import { CancelScope } from './cancel-scope.ts'
import type { JobContext } from './job.ts'

/** How a call is limited. */
export interface LimitedCallOptions<V> {
  /** For the message of a time limit: 'a resource of the pool was not made'. */
  readonly what: string
  /** Milliseconds. */
  readonly limit: number
  /** Asks the function to end; the call still waits for it. */
  readonly signal: AbortSignal
  /** Receives the result or the error of the function after the call was abandoned. */
  readonly late?: (settled: PromiseSettledResult<V>) => void
}

/** One call. */
export class LimitedCall<V> {
  /** Rejects with `NET_TIMEOUT_POOL` once the call was abandoned. */
  readonly result: Promise<V>
  readonly #scope: CancelScope
  readonly #options: LimitedCallOptions<V>
  readonly #settled = Promise.withResolvers<V>()
  #over = false

  constructor(run: (context: JobContext) => PromiseLike<V> | V, options: LimitedCallOptions<V>) {
    const { limit, signal } = options
    this.#options = options
    this.#scope = new CancelScope({ timeout: limit, signal })
    this.#scope.onCancel(() => this.#cancelled())
    this.result = this.#settled.promise
    void this.#run(run)
  }

  /** Gives the call up, as if its limit had passed. */
  giveUp(): void {
    this.#scope.cancel()
  }

  async #run(run: (context: JobContext) => PromiseLike<V> | V): Promise<void> {
    try {
      const value = await run(this.#scope)
      if (this.#over) this.#options.late?.({ status: 'fulfilled', value })
      else this.#settled.resolve(value)
    } catch (reason) {
      if (this.#over) this.#options.late?.({ status: 'rejected', reason })
      else this.#settled.reject(reason)
    }
    await this.#scope[Symbol.asyncDispose]()
  }

  #cancelled(): void {
    if (this.#scope.cancelledBy === 'outside') return
    this.#over = true
    const { what, limit } = this.#options
    const message = `${what} within ${limit} ms`
    this.#settled.reject(netError('NET_TIMEOUT_POOL', { message, limit }))
  }
}
