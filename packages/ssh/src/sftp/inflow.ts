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
    // With room for what stands around the bytes, and for the answers to everything else.
    if (by > 0) this.#widen(Math.min(MOST, this.#expected + BESIDES))
  }
}

const BESIDES = 1024 * 1024
const MOST = 256 * 1024 * 1024
