/*
 * The members of a group that live, in the order in which they came: a list whose links are in the members, so that
 * coming and going cost no memory and no look-up.
 */

/** What a member of a list keeps for it; only the list writes here. */
export interface Linked<L> {
  before: L | undefined
  after: L | undefined
  listed: boolean
}

/** A list of members, each on one list at most. */
export class LinkedList<L extends Linked<L>> implements Iterable<L> {
  #first: L | undefined
  #last: L | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  add(member: L): void {
    const last = this.#last
    member.listed = true
    member.before = last
    if (last === undefined) this.#first = member
    else last.after = member
    this.#last = member
    this.#size++
  }

  /** Takes a member off the list, if it is on it. */
  delete(member: L): void {
    if (!member.listed) return
    const { before, after } = member
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    member.listed = false
    member.before = undefined
    member.after = undefined
    this.#size--
  }

  /** The members at this moment. */
  [Symbol.iterator](): ArrayIterator<L> {
    const members: L[] = []
    for (let at = this.#first; at !== undefined; at = at.after) members.push(at)
    return members.values()
  }
}
