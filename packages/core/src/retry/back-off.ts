/*
 * When a failed attempt is repeated, and how long to wait before: exponential back-off with jitter, never before
 * the error's `retryAfter`, within a budget.
 */

import { isAbort, isNetError } from '../errors/net-error.ts'
import { isRetryable } from '../errors/retryable.ts'
import { optionsObject, type OptionTable, type Taken } from '../options/door.ts'
import { decided, type Shape } from '../options/shape.ts'
import * as option from '../options/values.ts'
import { earn, type RetryBudget } from './budget.ts'
import type { FailureSoFar, RetryFilter, RetryStop, RetryWait } from './decisions.ts'
import { backOffTable, exponential, type BackOffOptions } from './exponential.ts'
import type { RetryPolicy } from './policy.ts'

/** Options of a retry policy. Times are in milliseconds. */
export interface RetryPolicyOptions extends BackOffOptions {
  /** How many attempts in all. Default 3, or `Infinity` with `stop`. */
  readonly attempts?: number | undefined
  /** Ends the repeats besides `attempts`: `stopAfterElapsed(60_000)`; combine several with `anyOf` and `allOf`. */
  readonly stop?: RetryStop | undefined
  /** How long to wait, instead of `delay`, `factor`, `maxDelay` and `jitter`: `waitSum(waitFixed(100), waitRandom(0, 50))`. */
  readonly wait?: RetryWait | undefined
  /**
   * The longest `retryAfter` of an error that is waited for; an error that asks for more is not repeated, since
   * coming back too early is what the peer forbade. Default 60,000.
   */
  readonly maxRetryAfter?: number | undefined
  /** A budget shared with other calls; default none. */
  readonly budget?: RetryBudget | undefined
  /** Decides instead of the error's retry class: `ifCode('NET_BUSY')`. An abort is never repeated. */
  readonly when?: RetryFilter | undefined
}

/** The shapes of these options, for calls that take them among others. */
export const retryTable: OptionTable<RetryPolicyOptions> = {
  ...backOffTable,
  attempts: option.count,
  stop: option.callback(),
  wait: option.callback(),
  maxRetryAfter: option.milliseconds,
  budget: option.methods('a budget, such as retryBudget()', 'withdraw', 'deposit'),
  when: option.callback(),
}

/** These options as an option of a call. */
export const retryOptions: Shape<Taken<RetryPolicyOptions>> = optionsObject(retryTable)

/** The policy that decides by this back-off. */
export function policyBy(backOff: BackOff): RetryPolicy {
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

  /** By options that have passed the door. */
  constructor(options: Taken<RetryPolicyOptions>) {
    this.#stop = options.stop
    this.#attempts = options.attempts ?? (options.stop === undefined ? ATTEMPTS : Infinity)
    this.#wait = options.wait ?? exponential(options)
    this.#maxRetryAfter = options.maxRetryAfter ?? LONGEST_RETRY_AFTER
    this.#budget = options.budget
    this.#when = options.when
  }

  /** How many milliseconds to wait before the next attempt; undefined for none. */
  delay(failed: FailureSoFar, idempotent: boolean): number | undefined {
    const { error, attempt, left = Infinity } = failed
    if (attempt >= this.#attempts || isAbort(error) || this.#hasStopped(failed)) return undefined
    if (!this.#worthwhile(error, attempt, idempotent)) return undefined
    const delay = this.#delayAfter(failed)
    // What cannot begin in time is known now; to wait for the time limit would only hide it.
    if (delay === undefined || delay >= left) return undefined
    return this.#budget?.withdraw(error) === false ? undefined : delay
  }

  /** An attempt succeeded. */
  succeeded(): void {
    earn(this.#budget)
  }

  #delayAfter(failed: FailureSoFar): number | undefined {
    const notBefore = (isNetError(failed.error) ? failed.error.retryAfter : undefined) ?? 0
    if (notBefore > this.#maxRetryAfter) return undefined
    return Math.max(
      notBefore,
      lengthOf(decided('wait', 'a number of milliseconds', this.#wait(failed))),
    )
  }

  #hasStopped(failed: FailureSoFar): boolean {
    if (this.#stop === undefined) return false
    const stops: unknown = decided('stop', YES_OR_NO, this.#stop(failed))
    return stops === true
  }

  #worthwhile(error: unknown, attempt: number, idempotent: boolean): boolean {
    if (this.#when !== undefined) return decided('when', YES_OR_NO, this.#when(error, attempt))
    // Whether a foreign failure left something done is unknown.
    return isNetError(error) ? isRetryable(error, { idempotent }) : idempotent
  }
}

/** What a `wait` of the caller's gave as a length of time: anything else counts as no answer. */
function lengthOf(wait: number): number {
  return wait > 0 ? wait : 0
}

const ATTEMPTS = 3
const YES_OR_NO = 'true or false'
const LONGEST_RETRY_AFTER = 60_000
