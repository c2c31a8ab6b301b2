/*
 * Waiting, under a lock, until another task has changed the state that the lock protects.
 */

import { WaitList } from '@net/core/authoring'

import { CancelScope } from '../tasks/cancel-scope.ts'
import { HeldLock, notHeld } from './held-lock.ts'
import type { WaitOptions } from '../tasks/job.ts'
import { Mutex } from './mutex.ts'
import type { Lease } from './permit.ts'
import { waitRefusal } from './wait-refusal.ts'

/**
 * A condition on what a mutex protects. A wait gives the mutex up and has it again when it settles, also when it
 * settles by its signal or limit; so it can settle later than these, by as long as others hold the mutex.
 */
export class Condition {
  /** The lock under which it is waited. */
  readonly mutex: Mutex
  readonly #waiting = new WaitList<void>({ what: 'the condition' })

  /** Several conditions may share a mutex; the default is one of its own. */
  constructor(mutex: Mutex = new Mutex()) {
    this.mutex = mutex
  }

  /** How many wait to be notified. */
  get waiting(): number {
    return this.#waiting.size
  }

  /**
   * Releases the lease's mutex, waits to be notified, and acquires the mutex again. A wait that was notified is no longer
   * ended by its signal or limit, so no notification is lost. Rejects with `NET_NOT_HELD` for another mutex's lease.
   */
  async wait(lease: Lease, options?: WaitOptions): Promise<void> {
    const lock = this.#lockOf(lease)
    const refused = waitRefusal(options)
    if (refused !== undefined) throw refused
    const notified = this.#waiting.wait(undefined, options)
    lock.letGo()
    try {
      await notified
    } finally {
      await lock.takeUp()
    }
  }

  /** Waits, as `wait` does, until the predicate holds; at once if it does. `timeout` limits the whole. */
  async waitFor(lease: Lease, predicate: () => boolean, options?: WaitOptions): Promise<void> {
    this.#lockOf(lease)
    const refused = waitRefusal(options)
    if (refused !== undefined) throw refused
    if (predicate()) return
    await using scope = new CancelScope(options)
    do await this.wait(lease, { signal: scope.signal })
    while (!predicate())
  }

  /** Wakes so many of those who wait, in the order in which they came; default 1. They go on once they have the mutex. */
  notify(count = 1): void {
    for (let left = count; left > 0; left--) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      next.grant()
    }
  }

  /** Wakes all who wait. */
  notifyAll(): void {
    this.#waiting.grantAll()
  }

  #lockOf(lease: Lease): HeldLock {
    if (lease instanceof HeldLock && this.mutex.heldBy(lease)) return lease
    throw notHeld()
  }
}
