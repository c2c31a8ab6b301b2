/*
 * A loop that can be cancelled, over every iterable.
 */

import { ITERATION_END, WaitList } from '@net/core/authoring'

import type { WaitOptions } from '../tasks/job.ts'
import { OwnedIterator } from './owned-iterator.ts'
import { reportLate } from '../report-late.ts'
import { waitRefusal } from '../locks/wait-refusal.ts'
import { iteratorOf, type Iterated } from './iterated.ts'

/**
 * The items, until `signal` aborts (AbortError) or the next item takes longer than `timeout` milliseconds
 * (`NET_TIMEOUT_TOTAL`). Both reject at once, as leaving ends it at once, and close the source; a source that is busy
 * with an item then is not waited for. Opened at the first look.
 */
export function cancellable<T>(
  items: Iterated<T>,
  options?: WaitOptions,
): AsyncIterableIterator<T> & AsyncDisposable {
  return new Cancellable(items, options)
}

class Cancellable<T> extends OwnedIterator<T> {
  readonly #items: Iterated<T>
  readonly #options: WaitOptions | undefined
  readonly #waits = new WaitList<IteratorResult<T, undefined>>({ what: 'the next item' })
  #iterator: AsyncIterator<T, unknown> | undefined
  #over = false

  constructor(items: Iterated<T>, options: WaitOptions | undefined) {
    super()
    this.#items = items
    this.#options = options
  }

  override async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#over) return ITERATION_END
    const refused = waitRefusal(this.#options)
    if (refused !== undefined) {
      void this.#close()
      throw refused
    }
    this.#iterator ??= iteratorOf(this.#items)
    const wait = this.#waits.wait(undefined, this.#options)
    asked(this.#iterator).then(
      (next) => this.#came(next),
      (error: unknown) => this.#failed(error),
    )
    try {
      return await wait
    } catch (error) {
      void this.#close()
      throw error
    }
  }

  override async return(): Promise<IteratorResult<T, undefined>> {
    if (this.#waits.size > 0) void this.#close()
    else if (!this.#over) {
      this.#over = true
      await this.#iterator?.return?.()
    }
    return ITERATION_END
  }

  #came(next: IteratorResult<T, unknown>): void {
    const done = next.done === true
    if (done) this.#over = true
    this.#waits.shift()?.grant(done ? ITERATION_END : next)
  }

  #failed(error: unknown): void {
    const reader = this.#waits.shift()
    if (reader === undefined) reportLate('an iterator failed after it had been left', error)
    else {
      this.#over = true
      reader.fail(error as Error)
    }
  }

  async #close(): Promise<void> {
    if (this.#over) return
    this.#over = true
    this.#waits.grantAll(ITERATION_END)
    try {
      await this.#iterator?.return?.()
    } catch (error) {
      reportLate('an iterator could not be closed', error)
    }
  }
}

/** The next item of an iterator that may throw where it should reject: the wait must not be left behind. */
async function asked<T>(iterator: AsyncIterator<T, unknown>): Promise<IteratorResult<T, unknown>> {
  return iterator.next()
}
