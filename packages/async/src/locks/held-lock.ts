/*
 * The line before a lock, and the lease of who holds it. A lease can let go of the lock for a while and take it up
 * again, which is what waiting on a condition is.
 */

import type { NetError } from '@net/core'
import { WaitList, netError } from '@net/core/authoring'

import type { WaitOptions } from '../tasks/job.ts'
import type { Lease } from './permit.ts'

/** Who holds a lock, and who waits for it. */
export class LockLine {
  readonly #waiting = new WaitList<Lease, HeldLock>({ what: 'the mutex' })
  #holder: HeldLock | undefined

  /** The lease that holds the lock. */
  get holder(): HeldLock | undefined {
    return this.#holder
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Takes the lock for the lease if it is free; true if it did. */
  take(lease: HeldLock): boolean {
    if (this.#holder !== undefined) return false
    this.#holder = lease
    return true
  }

  /** Waits for the lock, which must not be free. */
  wait(lease: HeldLock, options: WaitOptions | undefined): Promise<Lease> {
    return this.#waiting.wait(lease, options)
  }

  /** Passes the lock on, if the lease holds it. */
  leave(lease: HeldLock): void {
    if (this.#holder !== lease) return
    this.#holder = undefined
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (this.#offer(next.detail)) {
        next.grant(next.detail)
        return
      }
      next.fail(notHeld())
    }
  }

  #offer(lease: HeldLock): boolean {
    // A lease may have been disposed while it waited to take the lock again; then nothing would release the lock.
    return !lease.over && this.take(lease)
  }
}

/** The lease of a lock. */
export class HeldLock implements Lease {
  readonly #line: LockLine
  #over = false

  constructor(line: LockLine) {
    this.#line = line
  }

  get held(): boolean {
    return this.#line.holder === this
  }

  /** Whether it was released for good. */
  get over(): boolean {
    return this.#over
  }

  release(): void {
    this.#over = true
    this.#line.leave(this)
  }

  [Symbol.dispose](): void {
    this.release()
  }

  /** Lets go of the lock for a while. */
  letGo(): void {
    this.#line.leave(this)
  }

  /** Takes the lock up again, however long that takes. Rejects with `NET_NOT_HELD` if the lease was released meanwhile. */
  async takeUp(): Promise<void> {
    if (this.#over) throw notHeld()
    if (!this.#line.take(this)) await this.#line.wait(this, undefined)
  }
}

/** The error of who works with a lock that its lease does not hold. */
export function notHeld(): NetError {
  return netError('NET_NOT_HELD', { message: 'the lease does not hold the mutex' })
}
