/* The part of a session that one call has. A call that is stopped before it has said anything says nothing any more. */

import type { NetError } from '@net/core'

/** What one call may say. */
export class SessionPart {
  #hasSpoken = false
  #stopped: NetError | undefined

  /** Why it was stopped before it had said anything. */
  get stopped(): NetError | undefined {
    return this.#stopped
  }

  /** The call says something now, or waits for a reply; gives why it may not. */
  speak(): NetError | undefined {
    if (this.#stopped === undefined) this.#hasSpoken = true
    return this.#stopped
  }

  /** The call is to end. False if it has said something: its replies would be nobody's. */
  stop(reason: NetError): boolean {
    if (this.#hasSpoken) return false
    this.#stopped = reason
    return true
  }
}
