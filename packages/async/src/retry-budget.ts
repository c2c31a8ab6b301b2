/*
 * A budget of repeats that many calls share: when everything fails, repeats stop long before they add to the load
 * of a peer in trouble.
 */

import { NetTimeoutError, type RetryBudget } from '@net/core'
import { own } from '@net/core/authoring'

import { lengthOf } from './option-checks.ts'

/** Options of a budget, in tokens. */
export interface RetryBudgetOptions {
  /** How many there are at first and at most. Default 500. */
  readonly tokens?: number
  /** The price of a repeat. Default 5. */
  readonly cost?: number
  /** The price of a repeat after a time limit, which held resources for longest. Default 10. */
  readonly timeoutCost?: number
  /** What a success earns. Default 1. */
  readonly refund?: number
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
    this.#most = lengthOf('tokens', own(options, 'tokens') ?? 500)
    this.#cost = lengthOf('cost', own(options, 'cost') ?? 5)
    this.#timeoutCost = lengthOf('timeoutCost', own(options, 'timeoutCost') ?? 10)
    this.#refund = lengthOf('refund', own(options, 'refund') ?? 1)
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
