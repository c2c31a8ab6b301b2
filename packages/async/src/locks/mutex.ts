/*
 * One at a time.
 */

import { HeldLock, LockLine } from './held-lock.ts'
import type { WaitOptions } from '../tasks/job.ts'
import type { Lease } from './permit.ts'
import { waitRefusal } from './wait-refusal.ts'

/** A lock, first come, first served. It is not reentrant: who holds it and acquires it again waits for itself. */
export class Mutex {
  readonly #line = new LockLine()

  /** Whether a lease holds it. */
  get locked(): boolean {
    return this.#line.holder !== undefined
  }

  /** How many wait. */
  get waiting(): number {
    return this.#line.waiting
  }

  /** Waits for the lock: `using lease = await mutex.acquire()`. A wait that is aborted or times out does not hold it. */
  acquire(options?: WaitOptions): Promise<Lease> {
    const refused = waitRefusal(options)
    if (refused !== undefined) return Promise.reject(refused)
    const lease = new HeldLock(this.#line)
    return this.#line.take(lease) ? Promise.resolve(lease) : this.#line.wait(lease, options)
  }

  /** The lock if it is free at once, else undefined. */
  tryAcquire(): Lease | undefined {
    if (this.locked) return undefined
    const lease = new HeldLock(this.#line)
    this.#line.take(lease)
    return lease
  }

  /** Whether this is the lease that holds it. */
  heldBy(lease: Lease): boolean {
    return this.#line.holder === lease
  }
}
