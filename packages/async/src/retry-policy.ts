/*
 * When a failed attempt is repeated, and how long to wait before: exponential back-off with jitter, never before
 * the error's `retryAfter`, within a budget.
 */

import { isAbort, isNetError, isRetryable, type RetryPolicy } from '@net/core'
import { own } from '@net/core/authoring'

import { countOf, lengthOf } from './option-checks.ts'
import type { RetryBudget } from './retry-budget.ts'
import type { FailureSoFar, RetryFilter, RetryStop, RetryWait } from './retry-decisions.ts'
import { waitExponential, type BackOffOptions } from './retry-waits.ts'

/** Options of a retry policy. Times are in milliseconds. */
export interface RetryPolicyOptions extends BackOffOptions {
  /** How many attempts in all. Default 3, or `Infinity` with `stop`. */
  readonly attempts?: number
  /** Ends the repeats besides `attempts`: `stopAfterElapsed(60_000)`; combine several with `anyOf` and `allOf`. */
  readonly stop?: RetryStop
  /** How long to wait, instead of `delay`, `factor`, `maxDelay` and `jitter`: `waitSum(waitFixed(100), waitRandom(0, 50))`. */
  readonly wait?: RetryWait
  /**
   * The longest `retryAfter` of an error that is waited for; an error that asks for more is not repeated, since
   * coming back too early is what the peer forbade. Default 60,000.
   */
  readonly maxRetryAfter?: number
  /** A budget shared with other calls; default none. */
  readonly budget?: RetryBudget
  /** Decides instead of the error's retry class: `ifCode('NET_BUSY')`. An abort is never repeated. */
  readonly when?: RetryFilter
}

/**
 * A policy for clients and calls of every protocol: repeats what `isRetryable` allows. Throws `NET_BAD_OPTION`.
 */
export function retryPolicy(options?: RetryPolicyOptions): RetryPolicy {
  const backOff = new BackOff(options)
  return {
    delay: (failed) => backOff.delay(failed, failed.idempotent),
    succeeded: () => backOff.succeeded(),
  }
}

/** What policies and `retry` decide by. */
export class BackOff {
  readonly #attempts: number
  readonly #stop: RetryStop | undefined
  readonly #wait: RetryWait
  readonly #maxRetryAfter: number
  readonly #budget: RetryBudget | undefined
  readonly #when: RetryFilter | undefined

  /** Throws `NET_BAD_OPTION`. */
  constructor(options: RetryPolicyOptions | undefined) {
    this.#stop = own(options, 'stop')
    const attempts = own(options, 'attempts') ?? (this.#stop === undefined ? 3 : Infinity)
    this.#attempts = countOf('attempts', attempts)
    this.#wait = own(options, 'wait') ?? waitExponential(options)
    this.#maxRetryAfter = lengthOf('maxRetryAfter', own(options, 'maxRetryAfter') ?? 60_000)
    this.#budget = own(options, 'budget')
    this.#when = own(options, 'when')
  }

  /** How many milliseconds to wait before the next attempt; undefined for none. */
  delay(failed: FailureSoFar, idempotent: boolean): number | undefined {
    const { error, attempt } = failed
    if (attempt >= this.#attempts || isAbort(error) || this.#stop?.(failed) === true)
      return undefined
    if (!this.#worthwhile(error, attempt, idempotent)) return undefined
    const notBefore = (isNetError(error) ? error.retryAfter : undefined) ?? 0
    if (notBefore > this.#maxRetryAfter) return undefined
    if (this.#budget?.withdraw(error) === false) return undefined
    return Math.max(notBefore, this.#wait(failed))
  }

  /** An attempt succeeded. */
  succeeded(): void {
    this.#budget?.deposit()
  }

  #worthwhile(error: unknown, attempt: number, idempotent: boolean): boolean {
    if (this.#when !== undefined) return this.#when(error, attempt)
    // Whether a foreign failure left something done is unknown.
    return isNetError(error) ? isRetryable(error, { idempotent }) : idempotent
  }
}
