/* Calls of one turn become one request: what is asked for while promises run leaves together. */

/** Gathers items until the promises of this turn have run, or until `flush`. */
export class Batch<I, O> {
  readonly #send: (items: readonly I[]) => Promise<readonly O[]>
  readonly #schedule: (flush: () => void) => void
  readonly #sizeOf: (item: I) => number
  #items: I[] = []
  #waiting: Waiting<O>[] = []

  /** `sizeOf` tells how many characters an item has; `schedule` when what was gathered leaves. */
  constructor(
    send: (items: readonly I[]) => Promise<readonly O[]>,
    sizeOf: (item: I) => number,
    schedule: (flush: () => void) => void = (flush) => process.nextTick(flush),
  ) {
    this.#send = send
    this.#sizeOf = sizeOf
    this.#schedule = schedule
  }

  /** Resolves to what the request gave for this item. */
  add(item: I): Promise<O> {
    if (this.#items.length === 0) this.#schedule(this.flush)
    this.#items.push(item)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
    })
  }

  /** Sends what was gathered, now. */
  readonly flush = (): void => {
    if (this.#items.length === 0) return
    const items = this.#items
    const waiting = this.#waiting
    this.#items = []
    this.#waiting = []
    for (let at = 0; at < items.length;) {
      const end = this.#endOf(items, at)
      this.#leave(items.slice(at, end), waiting.slice(at, end))
      at = end
    }
  }

  /** How far the request reaches that begins there: each stands or falls by itself, and no engine takes one of any size. */
  #endOf(items: readonly I[], from: number): number {
    let size = 0
    for (let at = from; at < items.length && at < from + MOST; at++) {
      size += this.#sizeOf(items[at] as I)
      if (size > LARGEST && at > from) return at
    }
    return Math.min(items.length, from + MOST)
  }

  #leave(items: readonly I[], waiting: readonly Waiting<O>[]): void {
    this.#send(items).then(
      (results) => {
        for (const [index, { resolve }] of waiting.entries()) resolve(results[index] as O)
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(error)
      },
    )
  }
}

interface Waiting<O> {
  readonly resolve: (result: O) => void
  readonly reject: (error: unknown) => void
}

/** How many leave in one request. */
const MOST = 500
/** How many characters they have together, but for one that has more. */
const LARGEST = 16 * 1_048_576
