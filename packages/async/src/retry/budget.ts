/*
 * A budget of repeats that many calls share: when everything fails, repeats stop long before they add to the load
 * of a peer in trouble.
 */

import { NetTimeoutError, type RetryBudget } from '@net/core'
import { option } from '@net/core/authoring'

import { doorOf } from '../doors.ts'

/** Options of a budget, in tokens. */
export interface RetryBudgetOptions {
  /** How many there are at first and at most. Default 500. */
  readonly tokens?: number | undefined
  /** The price of a repeat. Default 5. */
  readonly cost?: number | undefined
  /** The price of a repeat after a time limit, which held resources for longest. Default 10. */
  readonly timeoutCost?: number | undefined
  /** What a success earns. Default 1. */
  readonly refund?: number | undefined
}

/** A full budget. Throws `NET_BAD_OPTION`. */
export function retryBudget(options?: RetryBudgetOptions): RetryBudget {
  return new TokenBudget(options)
}

class TokenBudget implements RetryBudget {
  readonly #most: number
  readonly #cost: number
  readonly #timeoutCost: number
  readonly #refund: number
  #tokens: number

  constructor(options: RetryBudgetOptions | undefined) {
    const { tokens = 500, cost = 5, timeoutCost = 10, refund = 1 } = budgetDoor(options)
    this.#most = tokens
    this.#cost = cost
    this.#timeoutCost = timeoutCost
    this.#refund = refund
    this.#tokens = this.#most
  }

  get tokens(): number {
    return this.#tokens
  }

  withdraw(error: unknown): boolean {
    const price = error instanceof NetTimeoutError ? this.#timeoutCost : this.#cost
    if (price > this.#tokens) return false
    // Infinity less Infinity would be no number.
    if (this.#tokens !== Infinity) this.#tokens -= price
    return true
  }

  deposit(): void {
    this.#tokens = Math.min(this.#tokens + this.#refund, this.#most)
  }
}

const budgetDoor = doorOf<RetryBudgetOptions>('retryBudget', {
  tokens: option.atLeast(0),
  cost: option.atLeast(0),
  timeoutCost: option.atLeast(0),
  refund: option.atLeast(0),
})
