/*
 * Items in a line, first in, first out, in constant time: an array that shifts moves everything behind its head.
 */

/** A line of items. */
export class Ring<T> {
  #items: (T | undefined)[] = Array.from({ length: SMALLEST })
  #head = 0
  #size = 0

  /** How many there are. */
  get size(): number {
    return this.#size
  }

  /** Puts an item at the end. */
  push(item: T): void {
    if (this.#size === this.#items.length) this.#grow()
    this.#items[(this.#head + this.#size) & (this.#items.length - 1)] = item
    this.#size++
  }

  /** Takes the item at the head. There must be one. */
  take(): T {
    const item = this.#items[this.#head] as T
    // A taken item must not be kept alive here.
    this.#items[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#items.length - 1)
    this.#size--
    return item
  }

  #grow(): void {
    const { length } = this.#items
    const items: (T | undefined)[] = Array.from({ length: length * 2 })
    for (let at = 0; at < length; at++) items[at] = this.#items[(this.#head + at) & (length - 1)]
    this.#items = items
    this.#head = 0
  }
}

// A power of two, so that the index wraps by a mask.
const SMALLEST = 16
