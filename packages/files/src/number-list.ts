/* Numbers outside of the heap of objects, where no collection of garbage has to carry them on. */

/** A list that grows at its end. */
export class NumberList {
  #values: Float64Array
  #length = 0

  /** `expected` is about how many there will be. */
  constructor(expected = 16) {
    this.#values = new Float64Array(expected)
  }

  push(...values: readonly number[]): void {
    for (const value of values) {
      if (this.#length === this.#values.length) this.#grow()
      this.#values[this.#length++] = value
    }
  }

  /** The number there; NaN where there is none. */
  at(index: number): number {
    return this.#values[index] ?? Number.NaN
  }

  #grow(): void {
    const larger = new Float64Array(Math.max(16, this.#length * 2))
    larger.set(this.#values)
    this.#values = larger
  }
}
