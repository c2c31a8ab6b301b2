/* Starts within a sliding window: any stretch of that length holds at most so many. */

import type { RateRule } from '../store.ts'

/** The starts of the last while. */
export class RateWindow {
  readonly #starts: number[] = []
  /** When the last start leaves the window. */
  #restful = 0

  /** Milliseconds until another start is allowed; 0 if it is now. */
  wait({ limit, interval }: RateRule, now: number): number {
    const first = this.#starts.at(-limit)
    return first === undefined ? 0 : Math.max(first + interval - now, 0)
  }

  started({ limit, interval }: RateRule, now: number): void {
    this.#starts.push(now)
    this.#restful = now + interval
    if (this.#starts.length > 2 * limit) this.#starts.splice(0, limit)
  }

  /** When it needs not be remembered any more. */
  get restful(): number {
    return this.#restful
  }
}
