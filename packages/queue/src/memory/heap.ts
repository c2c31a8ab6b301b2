/* What comes first stands first, whatever order it came in. What has become void is dropped when it comes to the top. */

/** A heap by a rule of what comes before what. */
export class Heap<T> {
  readonly #items: T[] = []
  readonly #before: (a: T, b: T) => boolean

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before
  }

  push(item: T): void {
    const items = this.#items
    let at = items.length
    items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = items[parent] as T
      if (!this.#before(item, above)) break
      items[at] = above
      at = parent
    }
    items[at] = item
  }

  /** The first item that is still valid, which stays; the void ones before it go. */
  peek(isValid: (item: T) => boolean): T | undefined {
    for (let first = this.#items[0]; first !== undefined; first = this.#items[0]) {
      if (isValid(first)) return first
      this.#drop()
    }
    return undefined
  }

  /** The same, taken out. */
  pop(isValid: (item: T) => boolean): T | undefined {
    const first = this.peek(isValid)
    if (first !== undefined) this.#drop()
    return first
  }

  #drop(): void {
    const items = this.#items
    const last = items.pop()
    if (last === undefined || items.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      const right = child + 1
      if (right < items.length && this.#before(items[right] as T, items[child] as T)) child = right
      const below = items[child] as T
      if (!this.#before(below, last)) break
      items[at] = below
      at = child
    }
    items[at] = last
  }
}
