/*
 * A fixed order between the steps of several tasks, for tests of what only goes wrong in one order.
 */

import { netError } from '@net/core/authoring'

/** Runs steps in the order of their numbers 0, 1, 2, …, whichever task they are in and whenever it asks. */
export class Sequencer {
  readonly #known = new Set<number>()
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>()
  #next = 0
  #broken: { readonly cause: unknown } | undefined

  /**
   * Waits until every step with a smaller number has ended, runs this one, and resolves to its result. A step that
   * fails rejects, and breaks the order: every other one rejects with `NET_CLOSED`. `NET_BAD_OPTION` for a number
   * that is not a whole number from 0, or was used before.
   */
  async step<T>(number: number, run: () => T | PromiseLike<T>): Promise<T> {
    if (!Number.isInteger(number) || number < 0 || this.#known.has(number)) {
      throw netError('NET_BAD_OPTION', {
        message: `the number of a step must be a whole number, 0 or more, and unused; not ${number}`,
      })
    }
    this.#known.add(number)
    if (number !== this.#next) await this.#turnOf(number)
    if (this.#broken !== undefined) throw broken(this.#broken.cause)
    try {
      const result = await run()
      this.#waiting.get(++this.#next)?.resolve()
      return result
    } catch (error) {
      this.#broken = { cause: error }
      for (const { resolve } of this.#waiting.values()) resolve()
      throw error
    }
  }

  #turnOf(number: number): Promise<void> {
    if (this.#broken !== undefined) return Promise.resolve()
    const turn = Promise.withResolvers<void>()
    this.#waiting.set(number, turn)
    return turn.promise
  }
}

function broken(cause: unknown): Error {
  return netError('NET_CLOSED', { message: 'another step of the sequence failed', cause })
}
