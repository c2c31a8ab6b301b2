/*
 * When a failed attempt is repeated, and how long to wait before: exponential back-off with jitter, never before
 * the error's `retryAfter`, within a budget.
 */

import { isAbort, isNetError, isRetryable, type RetryPolicy } from '@net/core'
import { netError, own } from '@net/core/authoring'

import { countOf, lengthOf } from './option-checks.ts'
import type { RetryBudget } from './retry-budget.ts'

/** Options of a retry policy. Times are in milliseconds. */
export interface RetryPolicyOptions {
  /** How many attempts in all. Default 3. */
  readonly attempts?: number
  /** The longest wait before the second attempt. Default 100. */
  readonly delay?: number
  /** What the longest wait grows by with each attempt, 1 or more. Default 2. */
  readonly factor?: number
  /** `'full'`, the default, waits anything between 0 and the longest wait, so that callers do not come back in step. */
  readonly jitter?: 'full' | 'none'
  /** What the longest wait does not grow beyond. Default 30,000. */
  readonly maxDelay?: number
  /**
   * The longest `retryAfter` of an error that is waited for; an error that asks for more is not repeated, since
   * coming back too early is what the peer forbade. Default 60,000.
   */
  readonly maxRetryAfter?: number
  /** A budget shared with other calls; default none. */
  readonly budget?: RetryBudget
  /** Decides instead of the error's retry class. An abort is never repeated. */
  readonly when?: (error: unknown, attempt: number) => boolean
  /** Where the jitter comes from: a number from 0 to below 1. Default `Math.random`; for tests. */
  readonly random?: () => number
}

/**
 * A policy for clients and calls of every protocol: repeats what `isRetryable` allows. Throws `NET_BAD_OPTION`.
 */
export function retryPolicy(options?: RetryPolicyOptions): RetryPolicy {
  const backOff = new BackOff(options)
  return {
    delay: ({ error, attempt, idempotent }) => backOff.delay(error, attempt, idempotent),
    succeeded: () => backOff.succeeded(),
  }
}

/** What policies and `retry` decide by. */
export class BackOff {
  readonly #attempts: number
  readonly #delay: number
  readonly #factor: number
  readonly #jitter: 'full' | 'none'
  readonly #maxDelay: number
  readonly #maxRetryAfter: number
  readonly #budget: RetryBudget | undefined
  readonly #when: ((error: unknown, attempt: number) => boolean) | undefined
  readonly #random: () => number

  /** Throws `NET_BAD_OPTION`. */
  constructor(options: RetryPolicyOptions | undefined) {
    this.#attempts = countOf('attempts', own(options, 'attempts') ?? 3)
    this.#delay = lengthOf('delay', own(options, 'delay') ?? 100)
    this.#factor = factorOf(own(options, 'factor') ?? 2)
    this.#jitter = jitterOf(own(options, 'jitter') ?? 'full')
    this.#maxDelay = lengthOf('maxDelay', own(options, 'maxDelay') ?? 30_000)
    this.#maxRetryAfter = lengthOf('maxRetryAfter', own(options, 'maxRetryAfter') ?? 60_000)
    this.#budget = own(options, 'budget')
    this.#when = own(options, 'when')
    this.#random = own(options, 'random') ?? Math.random
  }

  /** How many milliseconds to wait before the next attempt; undefined for none. */
  delay(error: unknown, attempt: number, idempotent: boolean): number | undefined {
    if (attempt >= this.#attempts || isAbort(error)) return undefined
    if (!this.#worthwhile(error, attempt, idempotent)) return undefined
    const notBefore = (isNetError(error) ? error.retryAfter : undefined) ?? 0
    if (notBefore > this.#maxRetryAfter) return undefined
    if (this.#budget?.withdraw(error) === false) return undefined
    return Math.max(notBefore, this.#wait(attempt))
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

  #wait(attempt: number): number {
    const longest = Math.min(this.#delay * this.#factor ** (attempt - 1), this.#maxDelay)
    return this.#jitter === 'full' ? longest * this.#random() : longest
  }
}

function factorOf(value: number): number {
  if (typeof value === 'number' && value >= 1) return value
  throw netError('NET_BAD_OPTION', { message: 'factor must be a number, 1 or more' })
}

function jitterOf(value: 'full' | 'none'): 'full' | 'none' {
  if (value === 'full' || value === 'none') return value
  throw netError('NET_BAD_OPTION', { message: "jitter must be 'full' or 'none'" })
}
