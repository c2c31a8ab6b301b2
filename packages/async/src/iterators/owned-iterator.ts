/*
 * What iterators that hold something have in common: they are iterated once, and `await using` closes them.
 */

import { reportLate } from '../report-late.ts'

/** An iterator whose disposal closes it. */
export abstract class OwnedIterator<T> implements AsyncIterableIterator<T>, AsyncDisposable {
  abstract next(): Promise<IteratorResult<T, undefined>>

  /** Closes it and waits for that; rejects with what fails. */
  abstract return(): Promise<IteratorResult<T, undefined>>

  [Symbol.asyncIterator](): this {
    return this
  }

  /** As `return`, but never rejects: what fails is reported as a process warning. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.return()
    } catch (error) {
      reportLate('an iterator failed while it was closed', error)
    }
  }
}
