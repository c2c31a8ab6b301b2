/*
 * A list whose entries leave it in any order, each at the cost of a few assignments. Where calls come and go by the
 * million, a Set costs too much to make and a list of functions to search.
 */

/** One entry; it belongs to the chain that made it. */
export interface Link<T> {
  readonly value: T
}

/** Values in the order in which they were added. */
export class Chain<T> {
  #first: Entry<T> | undefined
  #last: Entry<T> | undefined

  /** The oldest entry; undefined when there is none. */
  get first(): Link<T> | undefined {
    return this.#first
  }

  /** Adds a value at the end; the entry takes it out again. */
  add(value: T): Link<T> {
    const entry = new Entry(value, this.#last)
    if (this.#last === undefined) this.#first = entry
    else this.#last.next = entry
    this.#last = entry
    return entry
  }

  /** Takes an entry out; false if it was out already. */
  delete(link: Link<T>): boolean {
    const entry = link as Entry<T>
    if (!entry.held) return false
    const { previous, next } = entry
    if (previous === undefined) this.#first = next
    else previous.next = next
    if (next === undefined) this.#last = previous
    else next.previous = previous
    entry.held = false
    // Who keeps an entry keeps no others alive with it.
    entry.previous = undefined
    entry.next = undefined
    return true
  }

  /** Takes the oldest entry out and gives its value; undefined when there is none. */
  shift(): T | undefined {
    const entry = this.#first
    if (entry === undefined) return undefined
    this.delete(entry)
    return entry.value
  }
}

class Entry<T> implements Link<T> {
  readonly value: T
  previous: Entry<T> | undefined
  next: Entry<T> | undefined = undefined
  held = true

  constructor(value: T, previous: Entry<T> | undefined) {
    this.value = value
    this.previous = previous
  }
}
