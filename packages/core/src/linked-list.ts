/*
 * A list whose members leave it in any order, each at the cost of a few assignments: listeners, timers, tasks, and
 * the waiters of a line. Where calls come and go by the million, a Set costs too much to make and a list of functions to
 * search. The links are in the members, so that coming and going cost no memory.
 */

/** What a member of a list keeps for it; only the list writes here. */
export interface Linked<L> {
  before: L | undefined
  after: L | undefined
  listed: boolean
}

/** A member that holds a value, for values that have no place for links. */
export class Link<T> implements Linked<Link<T>> {
  readonly value: T
  before: Link<T> | undefined = undefined
  after: Link<T> | undefined = undefined
  listed = false

  constructor(value: T) {
    this.value = value
  }
}

/** Members in the order in which they came, each on one list at most. */
export class LinkedList<L extends Linked<L>> implements Iterable<L> {
  #first: L | undefined
  #last: L | undefined
  #size = 0

  /** How many there are. */
  get size(): number {
    return this.#size
  }

  /** The one that came first; undefined when there is none. */
  get first(): L | undefined {
    return this.#first
  }

  /** Adds a member at the end, and gives it back. */
  add(member: L): L {
    const last = this.#last
    member.listed = true
    member.before = last
    if (last === undefined) this.#first = member
    else last.after = member
    this.#last = member
    this.#size++
    return member
  }

  /** Takes a member off the list; false if it was not on it. */
  delete(member: L): boolean {
    if (!member.listed) return false
    const { before, after } = member
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    member.listed = false
    // Who keeps a member keeps no others alive with it.
    member.before = undefined
    member.after = undefined
    this.#size--
    return true
  }

  /** Takes the first one off the list and gives it; undefined when there is none. */
  shift(): L | undefined {
    const first = this.#first
    if (first !== undefined) this.delete(first)
    return first
  }

  /** The members at this moment. */
  [Symbol.iterator](): Iterator<L> {
    const members: L[] = []
    for (let at = this.#first; at !== undefined; at = at.after) members.push(at)
    return members.values()
  }
}
