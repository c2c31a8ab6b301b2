/*
 * Something acquired that must be released once.
 */

/** The right to what was acquired, until it is released or disposed; `using` does that at the end of its block. */
export interface Lease extends Disposable {
  /** Whether it is still held. */
  readonly held: boolean
  /** Gives it back; a second time does nothing. */
  release(): void
}

/** A lease that gives back by a callback. */
export class Permit implements Lease {
  #giveBack: (() => void) | undefined

  constructor(giveBack: () => void) {
    this.#giveBack = giveBack
  }

  get held(): boolean {
    return this.#giveBack !== undefined
  }

  release(): void {
    const giveBack = this.#giveBack
    this.#giveBack = undefined
    giveBack?.()
  }

  [Symbol.dispose](): void {
    this.release()
  }
}
