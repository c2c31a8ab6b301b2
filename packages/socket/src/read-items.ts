/*
 * A loop over what is read. Each item is one read, whose result is the iterator's: a generator would do the same at several
 * times the cost, and could not be left while it waits. It must not know what the items are.
 */

import { ITERATION_END } from '@net/core/authoring'

import type { ReadSide } from './read-side.ts'
import type { ItemRule } from './reads.ts'

/** Runs a read. */
export type RunItem<T> = (rule: ItemRule<T>) => Promise<IteratorResult<T, undefined>>

/** One loop. */
export class ReadItems<T> implements AsyncIterator<T, undefined> {
  readonly #reads: ReadSide
  readonly #rule: () => ItemRule<T>
  readonly #run: RunItem<T>
  #current: ItemRule<T>
  #left = false

  /** `rule` makes the rule of the next item; `run` reads by it. */
  constructor(reads: ReadSide, rule: () => ItemRule<T>, run: RunItem<T>) {
    this.#reads = reads
    this.#rule = rule
    this.#run = run
    this.#current = rule()
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#left) return Promise.resolve(ITERATION_END)
    this.#current = this.#rule()
    return this.#run(this.#unlessLeft)
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#left = true
    this.#reads.again()
    return Promise.resolve(ITERATION_END)
  }

  readonly #unlessLeft: ItemRule<T> = (queue, ended) =>
    this.#left ? ITERATION_END : this.#current(queue, ended)
}
