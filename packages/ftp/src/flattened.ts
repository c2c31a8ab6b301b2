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
  /** How many have asked for what is not here yet, and what settles once they have their answers. */
  #asking = 0
  #answered: Promise<unknown> = Promise.resolve()

  constructor(batches: AsyncGenerator<readonly T[], undefined, undefined>) {
    this.#batches = batches
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<T, undefined>> {
    // Nothing else stands here: a function in this one would cost each item.
    if (this.#asking > 0 || this.#at >= this.#batch.length) return this.#later()
    return Promise.resolve({ done: false, value: this.#batch[this.#at++] as T })
  }

  #later(): Promise<IteratorResult<T, undefined>> {
    const isFirst = this.#asking === 0
    this.#asking += 1
    const next = isFirst ? this.#pull() : this.#answered.then(() => this.#pull())
    this.#answered = next.catch(() => {})
    return next
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#batch = []
    this.#at = 0
    return this.#batches.return(undefined) as Promise<IteratorReturnResult<undefined>>
  }

  async #pull(): Promise<IteratorResult<T, undefined>> {
    try {
      while (this.#at >= this.#batch.length) {
        const next = await this.#batches.next()
        if (next.done === true) return { done: true, value: undefined }
        this.#batch = next.value
        this.#at = 0
      }
      return { done: false, value: this.#batch[this.#at++] as T }
    } finally {
      // Before the answer is there: who has it asks for the next one at once.
      this.#asking -= 1
    }
  }
}
