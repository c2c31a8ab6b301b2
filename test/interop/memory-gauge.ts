// How much memory a transfer takes: what the process has more at the worst moment than at the start.

/** Measures from its construction on, as often as it is asked to look. */
export class MemoryGauge {
  /** How often it has looked. */
  looks = 0
  readonly #start: number
  #most: number

  constructor() {
    globalThis.gc?.()
    this.#start = process.memoryUsage.rss()
    this.#most = this.#start
  }

  /** In bytes. */
  get growth(): number {
    return this.#most - this.#start
  }

  look(): void {
    this.looks += 1
    this.#most = Math.max(this.#most, process.memoryUsage.rss())
  }
}
