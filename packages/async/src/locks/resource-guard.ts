/*
 * What must not be used by two at a time, and is used by two: an error at once instead of a mixture.
 */

import { netError } from '@net/core/authoring'

/** A guard of one object. It never waits. */
export class ResourceGuard {
  readonly #what: string
  #busy = false

  /** `what` completes "another call is …", such as 'reading from this connection'. */
  constructor(what: string) {
    this.#what = what
  }

  /** Whether a task is inside. */
  get busy(): boolean {
    return this.#busy
  }

  /** Enters: `using inside = guard.enter()`; leaving is disposing. Throws `NET_BUSY` while another task is inside. */
  enter(): Disposable {
    if (this.#busy) {
      throw netError('NET_BUSY', { message: `another call is ${this.#what}` })
    }
    this.#busy = true
    let inside = true
    return {
      [Symbol.dispose]: () => {
        // A second disposal must not let in a third party.
        if (inside) this.#busy = false
        inside = false
      },
    }
  }
}
