/*
 * The failures of attempts before the last one, for its error. A call that repeats for ever must not fill the memory with them.
 */

/** The latest failures, up to 100; the first one to come is the first to go. */
export class EarlierFailures<E extends Error> {
  /** How many there were. */
  count = 0
  #latest: E[] = []

  /** Notes one more. */
  add(failure: E): void {
    this.count += 1
    this.#latest.push(failure)
    // Rarely, as it moves all of them.
    if (this.#latest.length >= 2 * MOST) this.#latest = this.#latest.slice(-MOST)
  }

  /** All that are kept but this one, which may have been thrown twice and would hold itself. */
  before(last: unknown): readonly E[] {
    return this.#latest.slice(-MOST).filter((failure) => failure !== last)
  }
}

const MOST = 100
