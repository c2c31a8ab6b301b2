/* Calls of one turn become one request: what is asked for while promises run leaves together. */

/** Gathers items until the promises of this turn have run, or until `flush`. */
export class Batch<I, O> {
  readonly #send: (items: readonly I[]) => Promise<readonly O[]>
  readonly #schedule: (flush: () => void) => void
  readonly #most: number
  #items: I[] = []
  #waiting: Waiting<O>[] = []

  /** `schedule` says when what was gathered leaves; `most` how many leave in one request, which stands or falls by itself. */
  constructor(
    send: (items: readonly I[]) => Promise<readonly O[]>,
    schedule: (flush: () => void) => void = (flush) => process.nextTick(flush),
    most: number = Infinity,
  ) {
    this.#most = most
    this.#send = send
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
    for (let at = 0; at < items.length; at += this.#most) {
      const end = at + this.#most
      this.#leave(items.slice(at, end), waiting.slice(at, end))
    }
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
