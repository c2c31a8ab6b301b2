/*
 * A loop over what is read. Each item is one read, whose result is the iterator's: a generator would do the same at several
 * times the cost, and could not be left while it waits. It must not know what the items are.
 */

import { ITERATION_END } from '@net/core/authoring'

import type { WaitOptions } from './connection.ts'
import type { ReadSide } from './read-side.ts'
import type { ItemRule } from './reads.ts'

/** What is read in each turn; one for all loops that do the same, as there may be thousands that wait. */
export interface Reading<T> {
  readonly operation: string
  readonly options: WaitOptions | undefined
  /** Whether a single byte begins `idle` anew. */
  readonly anyByte: boolean
  /** The rule of the next item. */
  rule(): ItemRule<T>
}

/** One loop. */
export class ReadItems<T> implements AsyncIterator<T, undefined> {
  readonly #reads: ReadSide
  readonly #reading: Reading<T>
  /** The read that was under way when it was begun. */
  #read: object | undefined
  #left = false

  constructor(reads: ReadSide, reading: Reading<T>) {
    this.#reads = reads
    this.#reading = reading
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#left) return Promise.resolve(ITERATION_END)
    const { operation, options, anyByte } = this.#reading
    const reads = this.#reads
    const before = reads.waiting
    const item = reads.run(operation, this.#reading.rule(), options, anyByte)
    // While another read waits this one is refused.
    if (before === undefined) this.#read = reads.waiting
    return item
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#left = true
    if (this.#read !== undefined) this.#reads.leave(this.#read, ITERATION_END)
    return Promise.resolve(ITERATION_END)
  }
}
