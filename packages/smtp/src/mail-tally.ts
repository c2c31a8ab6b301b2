/* What became of many messages, counted as they end. */

import { isNetError } from '@net/core'

import type { MailOutcome, MailReport } from './mailer-options.ts'

/** Counts outcomes. */
export class MailTally {
  #accepted = 0
  #partial = 0
  #failed = 0
  #unknown = 0
  readonly #exceptions: MailOutcome[] = []

  add(outcome: MailOutcome): void {
    const { result, error } = outcome
    if (result?.delivery === 'accepted') {
      this.#accepted += 1
      return
    }
    const delivery = result?.delivery ?? deliveryOf(error)
    if (delivery === 'partial') this.#partial += 1
    else if (delivery === 'unknown') this.#unknown += 1
    else this.#failed += 1
    if (this.#exceptions.length < MOST) this.#exceptions.push(outcome)
  }

  report(): MailReport {
    return Object.freeze({
      accepted: this.#accepted,
      partial: this.#partial,
      failed: this.#failed,
      unknown: this.#unknown,
      exceptions: this.#exceptions,
    })
  }
}

/** What is known of a call that was stopped after the final dot, or while some recipients were put off. */
function deliveryOf(error: unknown): unknown {
  const partial = isNetError(error) ? error.partial : undefined
  return typeof partial === 'object' && partial !== null
    ? Reflect.get(partial, 'delivery')
    : undefined
}

// A list that nobody reads to its end need not grow for ever.
const MOST = 10_000
