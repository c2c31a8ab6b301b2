/* What became of many messages, counted as they end. */

import { isAbort, isNetError } from '@net/core'

import type { MailOutcome, MailReport } from './mailer-options.ts'

/** Counts outcomes. */
export class MailTally {
  #accepted = 0
  #partial = 0
  #failed = 0
  #unknown = 0
  readonly #exceptions: MailOutcome[] = []
  readonly #untold = new Set<MailOutcome>()

  /** What is known and was not told yet. */
  get untold(): readonly MailOutcome[] {
    return [...this.#untold]
  }

  /** One that becomes known; `add` counts it once it is told. Without effect for a message that was stopped before anybody had it. */
  know(outcome: MailOutcome): MailOutcome {
    const { error } = outcome
    if (!isAbort(error) || deliveryOf(error) !== undefined) this.#untold.add(outcome)
    return outcome
  }

  add(outcome: MailOutcome): void {
    this.#untold.delete(outcome)
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
