/* Calls of one turn become one request: what is asked for while promises run leaves together. */

/** Gathers items until the promises of this turn have run. */
export class Batch<I, O> {
  readonly #send: (items: readonly I[]) => Promise<readonly O[]>
  #items: I[] = []
  #waiting: Waiting<O>[] = []

  constructor(send: (items: readonly I[]) => Promise<readonly O[]>) {
    this.#send = send
  }

  /** Resolves to what the request gave for this item. */
  add(item: I): Promise<O> {
    if (this.#items.length === 0) process.nextTick(() => void this.#flush())
    this.#items.push(item)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
    })
  }

  async #flush(): Promise<void> {
    const items = this.#items
    const waiting = this.#waiting
    this.#items = []
    this.#waiting = []
    try {
      const results = await this.#send(items)
      for (const [index, { resolve }] of waiting.entries()) resolve(results[index] as O)
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }
}

interface Waiting<O> {
  readonly resolve: (result: O) => void
  readonly reject: (error: unknown) => void
}
