/*
 * Items by their rank, in logarithmic time; those of the same rank in the order in which they came.
 */

/** Items of which the smallest is next. */
export class Heap<T> {
  readonly #compare: (a: T, b: T) => number
  readonly #nodes: Ranked<T>[] = []
  #pushed = 0

  /** `compare` is negative where `a` comes before `b`, as in `Array.sort`. Where it throws, no item is lost or doubled. */
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare
  }

  /** How many there are. */
  get size(): number {
    return this.#nodes.length
  }

  /** Puts an item in. */
  push(item: T): void {
    const node = { item, order: this.#pushed++ }
    const end = this.#nodes.length
    let place = end
    while (place > 0 && this.#before(node, this.#nodes[above(place)] as Ranked<T>))
      place = above(place)
    for (let at = end; at > place; at = above(at)) {
      this.#nodes[at] = this.#nodes[above(at)] as Ranked<T>
    }
    this.#nodes[place] = node
  }

  /** Takes the smallest item. There must be one. */
  take(): T {
    const top = this.#nodes[0] as Ranked<T>
    const last = this.#nodes.pop() as Ranked<T>
    if (this.#nodes.length > 0) this.#sink(last, top)
    return top.item
  }

  #sink(node: Ranked<T>, taken: Ranked<T>): void {
    const size = this.#nodes.length
    let at = 0
    try {
      for (let child = 1; child < size; child = 2 * at + 1) {
        const right = this.#nodes[child + 1]
        if (right !== undefined && this.#before(right, this.#nodes[child] as Ranked<T>)) child++
        const smaller = this.#nodes[child] as Ranked<T>
        if (!this.#before(smaller, node)) break
        this.#nodes[at] = smaller
        at = child
      }
    } catch (error) {
      // Nobody gets what was taken; without an order it stands wherever there is room.
      this.#nodes.push(taken)
      throw error
    } finally {
      this.#nodes[at] = node
    }
  }

  #before(a: Ranked<T>, b: Ranked<T>): boolean {
    const order = this.#compare(a.item, b.item)
    return order === 0 ? a.order < b.order : order < 0
  }
}

function above(at: number): number {
  return (at - 1) >> 1
}

interface Ranked<T> {
  readonly item: T
  readonly order: number
}
