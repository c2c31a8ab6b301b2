/*
 * The resources of a pool that are being destroyed, and the failures of that. `destroy` may never settle; its
 * place must not be lost to that.
 */

import { isNetError, type NetError } from '@net/core'
import { groupError } from '@net/core/authoring'

import { asError } from '../tasks/cancellation.ts'
import { discard } from '../tasks/discard.ts'
import { reportLate } from '../report-late.ts'
import { within } from '../tasks/within.ts'

/** What a pool reports about destroying its resources. */
export interface RetireOptions<T> {
  /** Gives one up. Default: disposes it, if it can be disposed. */
  readonly destroy: ((resource: T) => PromiseLike<void> | void) | undefined
  /** How many milliseconds that may take before the place is free in any case. */
  readonly limit: number
  /** Called when the place of one is free. */
  readonly freed: () => void
  /** Whether a call will read the failures at the end; else they are reported as process warnings. */
  readonly asked: () => boolean
}

/** Resources on their way out. */
export class RetiredResources<T> {
  readonly #options: RetireOptions<T>
  readonly #failures: Error[] = []
  #size = 0

  constructor(options: RetireOptions<T>) {
    this.#options = options
  }

  /** How many are being destroyed. */
  get size(): number {
    return this.#size
  }

  /** What failed so far, as one error. */
  get failure(): NetError | undefined {
    const [first, ...others] = this.#failures
    if (first === undefined) return undefined
    return others.length === 0 && isNetError(first) ? first : groupError(this.#failures)
  }

  /** Gives the resource up. Its place is free afterwards, past the limit at the latest. */
  retire(resource: T): void {
    this.#size++
    void within(this.#options.limit, this.#destroy(resource)).then(() => {
      this.#size--
      this.#options.freed()
    })
  }

  async #destroy(resource: T): Promise<void> {
    const { destroy, asked } = this.#options
    try {
      if (destroy === undefined) await discard(resource)
      else await destroy(resource)
    } catch (error) {
      if (asked()) this.#failures.push(asError(error))
      else reportLate('a resource of a pool could not be given up', error)
    }
  }
}
