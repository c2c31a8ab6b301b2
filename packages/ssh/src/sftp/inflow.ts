/* How much may be on its way to us on one channel: what its transfers have asked for, together. */

/** The sum of what transfers expect. */
export class Inflow {
  readonly #widen: (window: number) => void
  #expected = 0

  constructor(widen: (window: number) => void) {
    this.#widen = widen
  }

  /** So many bytes more are expected, or fewer. */
  change(by: number): void {
    this.#expected += by
    // It is widened again when a quarter is used. With room for what stands around the bytes, and for all other answers.
    if (by > 0) this.#widen(Math.min(MOST, this.#expected * 1.5 + BESIDES))
  }
}

const BESIDES = 1024 * 1024
const MOST = 256 * 1024 * 1024
