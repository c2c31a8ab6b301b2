/* A loop over batches as a loop over what is in them: what is there already is given without a wait of its own. */

/** The items of the batches, in order. Leaving it leaves the loop over the batches. */
export function flattened<T>(
  batches: AsyncGenerator<readonly T[], undefined, undefined>,
): AsyncIterableIterator<T, undefined, undefined> {
  return new Flattened(batches)
}

class Flattened<T> implements AsyncIterableIterator<T, undefined, undefined> {
  readonly #batches: AsyncGenerator<readonly T[], undefined, undefined>
  #batch: readonly T[] = []
  #at = 0
  /** Settles once those who asked before have their answer. */
  #earlier: Promise<unknown> | undefined

  constructor(batches: AsyncGenerator<readonly T[], undefined, undefined>) {
    this.#batches = batches
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#earlier === undefined && this.#at < this.#batch.length)
      return Promise.resolve(this.#take())
    const next = (this.#earlier ?? Promise.resolve()).then(() => this.#pull())
    const settled: Promise<unknown> = next
      .catch(() => {})
      .then(() => {
        if (this.#earlier === settled) this.#earlier = undefined
      })
    this.#earlier = settled
    return next
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#batch = []
    this.#at = 0
    return this.#batches.return(undefined) as Promise<IteratorReturnResult<undefined>>
  }

  async #pull(): Promise<IteratorResult<T, undefined>> {
    while (this.#at >= this.#batch.length) {
      const next = await this.#batches.next()
      if (next.done === true) return { done: true, value: undefined }
      this.#batch = next.value
      this.#at = 0
    }
    return this.#take()
  }

  #take(): IteratorYieldResult<T> {
    const value = this.#batch[this.#at++] as T
    return { done: false, value }
  }
}
