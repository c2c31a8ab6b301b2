/*
 * So many tokens for work that is limited, such as a peer's connections or our threads; who holds one is known, and
 * how many there are can change while they are out.
 */

import type { NetError } from '@net/core'
import { WaitList, netError, option, own } from '@net/core/authoring'

import { doorOf, waitTable } from '../doors.ts'
import type { WaitOptions } from '../tasks/job.ts'
import { countOf } from '../option-checks.ts'
import { Permit, type Lease } from './permit.ts'
import { waitRefusal } from './wait-refusal.ts'

/** Options of an acquisition. */
export interface BorrowOptions extends WaitOptions {
  /** The holder of the token, any value; a borrower holds one token at most. Default a new borrower. */
  readonly borrower?: unknown
}

/** The state of a limiter. */
export interface CapacityStatistics {
  readonly total: number
  readonly borrowed: number
  readonly waiting: number
  /** Who holds tokens, as far as they said. */
  readonly borrowers: readonly unknown[]
}

/** A limiter with so many tokens, first come, first served. The constructor throws `NET_BAD_OPTION`. */
export class CapacityLimiter {
  readonly #waiting: WaitList<Lease, unknown> = new WaitList({
    what: 'a token of the limiter',
    left: (borrower) => void this.#known.delete(borrower),
  })
  // Whether a borrower holds a token. Borrowers that wait count too, so that no borrower gets two.
  readonly #known = new Map<unknown, boolean>()
  #total: number
  #borrowed = 0

  constructor(total: number) {
    this.#total = countOf('total', total)
  }

  /** How many tokens there are. Raising it lets those in who wait; lowered, it takes effect as tokens come back. */
  get total(): number {
    return this.#total
  }

  set total(total: number) {
    this.#total = countOf('total', total)
    this.#pass()
  }

  /** How many are free. */
  get available(): number {
    return Math.max(this.#total - this.#borrowed, 0)
  }

  /**
   * Waits for a token: `using lease = await limiter.acquire()`. Rejects with `NET_BUSY` if the borrower holds one, or
   * waits for one, already.
   */
  acquire(options?: BorrowOptions): Promise<Lease> {
    const refused = waitRefusal(options, borrowDoor)
    if (refused !== undefined) return Promise.reject(refused)
    const borrower = own(options, 'borrower')
    if (this.#known.has(borrower)) return Promise.reject(busy())
    if (this.available > 0) return Promise.resolve(this.#lend(borrower))
    if (borrower !== undefined) this.#known.set(borrower, false)
    return this.#waiting.wait(borrower, options)
  }

  /** A token if one is free at once, else undefined. Throws `NET_BUSY` as `acquire` rejects. */
  tryAcquire(options?: Pick<BorrowOptions, 'borrower'>): Lease | undefined {
    const borrower = own(options, 'borrower')
    if (this.#known.has(borrower)) throw busy()
    return this.available > 0 ? this.#lend(borrower) : undefined
  }

  /** The state at the moment. */
  statistics(): CapacityStatistics {
    return {
      total: this.#total,
      borrowed: this.#borrowed,
      waiting: this.#waiting.size,
      borrowers: [...this.#known].filter(([, holds]) => holds).map(([borrower]) => borrower),
    }
  }

  #lend(borrower: unknown): Lease {
    if (borrower !== undefined) this.#known.set(borrower, true)
    this.#borrowed++
    return new Permit(() => {
      this.#known.delete(borrower)
      this.#borrowed--
      this.#pass()
    })
  }

  #pass(): void {
    while (this.available > 0) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      next.grant(this.#lend(next.detail))
    }
  }
}

function busy(): NetError {
  return netError('NET_BUSY', { message: 'the borrower holds a token already, or waits for one' })
}

const borrowDoor = doorOf<BorrowOptions>('limiter.acquire', {
  ...waitTable,
  borrower: option.anything,
})
