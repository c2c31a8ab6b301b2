/* How many calls are under way, for the close that waits for them. It must not know what they do. */

/** The calls of one client. */
export class RunningCalls {
  #count = 0
  #none: PromiseWithResolvers<void> | undefined

  /** One more is under way. */
  begin(): void {
    this.#count += 1
  }

  /** One of them is over. */
  end(): void {
    this.#count -= 1
    if (this.#count === 0) this.#none?.resolve()
  }

  /** Counts what goes on after its call was over, until it has settled. */
  until(settled: Promise<unknown>): void {
    this.begin()
    const over = (): void => this.end()
    settled.then(over, over)
  }

  /** Resolves once none is under way. No further one may begin meanwhile. */
  async ended(): Promise<void> {
    if (this.#count === 0) return
    this.#none ??= Promise.withResolvers()
    await this.#none.promise
  }
}
