/*
 * What decides whether a failed attempt is followed by another one. What makes one is `retryPolicy` of `@net/async`.
 */

import type { NetError } from '../errors/net-error.ts'

/** An attempt that failed. Times are in milliseconds. */
export interface FailedAttempt {
  readonly error: NetError
  /** 1 for the first attempt. */
  readonly attempt: number
  /** Whether the verb may be repeated when it is unknown whether it was done. */
  readonly idempotent: boolean
  /** Since the call began. */
  readonly elapsed: number
  /** What is left of the call's time limit; undefined and `Infinity` say that it has none. */
  readonly left?: number | undefined
}

/** Decides about repeats. One policy may serve many calls at once. */
export interface RetryPolicy {
  /**
   * How many milliseconds to wait before the next attempt; undefined for none. A wait of `left` or more is not waited:
   * the error is thrown at once.
   */
  delay(failed: FailedAttempt): number | undefined
  /** An attempt succeeded. */
  succeeded?(): void
}
