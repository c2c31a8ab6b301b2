/*
 * What comes first stands first, whatever order it came in. What has become void is dropped when it comes to the top, or when as
 * much has come as stood here. Nearly all comes in order, and stands in a plain line beside the heap: coming and going costs no
 * comparisons there.
 */

/** Items by a rule of what comes before what. */
export class Heap<T> {
  readonly #before: (a: T, b: T) => boolean
  readonly #isValid: (item: T) => boolean
  #items: T[] = []
  /** What came behind all that stood here, from `#at` on. */
  #line: (T | undefined)[] = []
  #at = 0
  /** How many may come until the void ones are dropped, wherever they stand. */
  #room = PART

  /** What is not valid any more is void. */
  constructor(before: (a: T, b: T) => boolean, isValid: (item: T) => boolean) {
    this.#before = before
    this.#isValid = isValid
  }

  push(item: T): void {
    if (--this.#room < 0) this.#sweep()
    const last = this.#line.at(-1)
    if (last === undefined || !this.#before(item, last)) this.#line.push(item)
    else this.#rise(item)
  }

  /** The first item that is still valid, which stays; the void ones before it go. */
  peek(): T | undefined {
    for (;;) {
      const next = this.#at < this.#line.length ? this.#line[this.#at] : undefined
      const top = this.#items.length > 0 ? this.#items[0] : undefined
      const isInLine = next !== undefined && (top === undefined || !this.#before(top, next))
      const first = isInLine ? next : top
      if (first === undefined || this.#isValid(first)) return first
      if (isInLine) this.#advance()
      else this.#drop()
    }
  }

  /** The same, taken out. */
  pop(): T | undefined {
    const first = this.peek()
    if (first === undefined) return undefined
    if (this.#at < this.#line.length && this.#line[this.#at] === first) this.#advance()
    else this.#drop()
    return first
  }

  #sweep(): void {
    const isValid = (item: T | undefined): boolean => item !== undefined && this.#isValid(item)
    const items = this.#items.filter(isValid)
    this.#line = this.#line.filter(isValid)
    this.#at = 0
    this.#items = []
    for (const item of items) this.#rise(item)
    this.#room = Math.max(PART, this.#line.length + items.length)
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
