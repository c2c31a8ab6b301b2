/* A budget of repeats that many calls share. Made by `retryBudget` of `@net/async`. */

/** Tokens that repeats cost and successes earn. One budget serves all calls to a peer. */
export interface RetryBudget {
  /** How many are left. */
  readonly tokens: number
  /** Takes the price of a repeat after this error; false, and nothing taken, if there is too little. */
  withdraw(error: unknown): boolean
  /** An attempt succeeded. */
  deposit(): void
}
