/* A budget of repeats that many calls share. Made by `retryBudget` of `@net/async`. */

import { isPromise } from 'node:util/types'

import { guarded } from '../callbacks/guarded.ts'

/** Tokens that repeats cost and successes earn. One budget serves all calls to a peer. */
export interface RetryBudget {
  /** How many are left. */
  readonly tokens: number
  /** Takes the price of a repeat after this error; false, and nothing taken, if there is too little. */
  withdraw(error: unknown): boolean
  /** An attempt succeeded. */
  deposit(): void
}

/** Tells the budget of a success. One that fails to hear of it undoes nothing. */
export function earn(budget: RetryBudget | undefined): void {
  try {
    const told: unknown = budget?.deposit()
    if (isPromise(told)) told.catch(warn)
  } catch (error) {
    warn(error)
  }
}

const warn = guarded('deposit() of a retry budget', (error: unknown) => {
  throw error
})
