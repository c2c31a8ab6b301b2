/*
 * Items in a pile, last in, first out.
 */

/** A pile of items. */
export class Stack<T> {
  readonly #items: T[] = []

  /** How many there are. */
  get size(): number {
    return this.#items.length
  }

  /** Puts an item on top. */
  push(item: T): void {
    this.#items.push(item)
  }

  /** Takes the item on top. There must be one. */
  take(): T {
    return this.#items.pop() as T
  }
}
