/*
 * Sure closing: an iterator that is closed at the end of the block that holds it, whether it was read or not.
 */

import { OwnedIterator } from './owned-iterator.ts'
import type { Iterated } from './iterated.ts'

/**
 * The items as an iterator for `await using`: its disposal closes it, and waits for that. Iterators of the language
 * have this by themselves; those of libraries often have only `return`. Leaving a loop over it closes it, too. What
 * closing throws at the end of the block is reported as a process warning.
 */
export function closing<T>(items: Iterated<T>): AsyncIterableIterator<T> & AsyncDisposable {
  return new Closing(items)
}

class Closing<T> extends OwnedIterator<T> {
  readonly #iterator: Iterator<T, unknown> | AsyncIterator<T, unknown>
  #over = false

  constructor(items: Iterated<T>) {
    super()
    this.#iterator =
      typeof items === 'object' && Symbol.asyncIterator in items
        ? items[Symbol.asyncIterator]()
        : items[Symbol.iterator]()
  }

  override async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#over) return { done: true, value: undefined }
    try {
      const next = await this.#iterator.next()
      if (next.done !== true) return next
    } catch (error) {
      this.#over = true
      throw error
    }
    this.#over = true
    return { done: true, value: undefined }
  }

  override async return(): Promise<IteratorResult<T, undefined>> {
    if (!this.#over) {
      this.#over = true
      await this.#iterator.return?.()
    }
    return { done: true, value: undefined }
  }
}
