/*
 * The items of an iterable, taken one by one by several workers: sync ones at once, async ones in turn, since few
 * async iterators bear two calls at a time.
 */

import { reportLate } from '../report-late.ts'

/** Items that are there at once. */
export class Items<T> {
  readonly #iterator: Iterator<T>
  #exhausted = false

  constructor(items: Iterable<T>) {
    this.#iterator = items[Symbol.iterator]()
  }

  /** The next item. Throws what the iterator throws. */
  take(): IteratorResult<T, unknown> {
    // An iterator that throws has closed itself.
    this.#exhausted = true
    const next: IteratorResult<T, unknown> = this.#iterator.next()
    this.#exhausted = next.done === true
    return next
  }

  /** Closes the iterator if items are left. Never rejects: what closing throws is reported as a process warning. */
  async leave(): Promise<void> {
    if (this.#exhausted) return
    this.#exhausted = true
    try {
      this.#iterator.return?.()
    } catch (error) {
      reportLate('an iterator could not be closed', error)
    }
  }
}

/** Items that are waited for. */
export class AsyncItems<T> {
  readonly #iterator: AsyncIterator<T>
  #last: Promise<unknown> = Promise.resolve()
  #pending = 0
  #exhausted = false
  #closing: Promise<void> | undefined

  constructor(items: AsyncIterable<T>) {
    this.#iterator = items[Symbol.asyncIterator]()
  }

  /** The next item, in the order of the calls. Rejects with what the iterator rejects with. */
  async take(): Promise<IteratorResult<T, unknown>> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    await before
    try {
      return await this.#next()
    } finally {
      resolve()
    }
  }

  /**
   * Closes the iterator if items are left, and waits for that; one that is busy with an item closes after it. Never
   * rejects: what closing throws is reported as a process warning.
   */
  close(): Promise<void> {
    this.#closing ??= this.#exhausted ? Promise.resolve() : this.#close()
    return this.#closing
  }

  /** As `close`, but does not wait for an iterator that is busy with an item. */
  async leave(): Promise<void> {
    const busy = this.#pending > 0
    const closed = this.close()
    if (!busy) await closed
  }

  async #close(): Promise<void> {
    this.#exhausted = true
    try {
      await this.#iterator.return?.()
    } catch (error) {
      reportLate('an iterator could not be closed', error)
    }
  }

  async #next(): Promise<IteratorResult<T, unknown>> {
    if (this.#exhausted) return { done: true, value: undefined }
    this.#pending++
    let done = true
    try {
      const next: IteratorResult<T, unknown> = await this.#iterator.next()
      done = next.done === true
      return next
    } finally {
      this.#pending--
      this.#exhausted ||= done
    }
  }
}
