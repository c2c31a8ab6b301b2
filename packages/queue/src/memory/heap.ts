/*
 * What comes first stands first, whatever order it came in. What has become void is dropped when it comes to the top. Nearly
 * all comes in order, and stands in a plain line beside the heap: coming and going costs no comparisons there.
 */

/** Items by a rule of what comes before what. */
export class Heap<T> {
  readonly #before: (a: T, b: T) => boolean
  readonly #items: T[] = []
  /** What came behind all that stood here, from `#at` on. */
  readonly #line: (T | undefined)[] = []
  #at = 0

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before
  }

  push(item: T): void {
    const last = this.#line.at(-1)
    if (last === undefined || !this.#before(item, last)) this.#line.push(item)
    else this.#rise(item)
  }

  /** The first item that is still valid, which stays; the void ones before it go. */
  peek(isValid: (item: T) => boolean): T | undefined {
    for (;;) {
      const next = this.#at < this.#line.length ? this.#line[this.#at] : undefined
      const top = this.#items.length > 0 ? this.#items[0] : undefined
      const isInLine = next !== undefined && (top === undefined || !this.#before(top, next))
      const first = isInLine ? next : top
      if (first === undefined || isValid(first)) return first
      if (isInLine) this.#advance()
      else this.#drop()
    }
  }

  /** The same, taken out. */
  pop(isValid: (item: T) => boolean): T | undefined {
    const first = this.peek(isValid)
    if (first === undefined) return undefined
    if (this.#at < this.#line.length && this.#line[this.#at] === first) this.#advance()
    else this.#drop()
    return first
  }

  /** The first of the line is gone. */
  #advance(): void {
    this.#line[this.#at++] = undefined
    if (this.#at === this.#line.length || (this.#at >= PART && 2 * this.#at >= this.#line.length)) {
      this.#line.splice(0, this.#at)
      this.#at = 0
    }
  }

  #rise(item: T): void {
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

const PART = 1024
