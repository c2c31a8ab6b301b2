/*
 * Prolongs the leases of a worker while its jobs run, and tells each run whose lease is lost. Time counts from when the request
 * was made: the store cannot have begun to count earlier.
 */

import { clock, LinkedList, type Linked, type Timer } from '@net/core/authoring'

import type { JobLease, JobStore } from '../store.ts'

/** A run as its lease sees it. */
export interface LeasedRun {
  readonly lease: JobLease
  renewed(leaseEnd: number): void
  /** Whether the lease holds; if not, the run is told. */
  holds(): boolean
  lose(): void
  warn(message: string): void
}

/** The leases of one worker. */
export class LeaseKeeper<R extends LeasedRun & Linked<R>> {
  /** Those whose leases it keeps. */
  readonly runs: LinkedList<R> = new LinkedList<R>()
  readonly #store: JobStore
  readonly #lease: number
  #timer: Timer | undefined
  #due = 0

  constructor(store: JobStore, lease: number) {
    this.#store = store
    this.#lease = lease
  }

  add(run: R): void {
    this.runs.add(run)
    if (this.#timer === undefined) this.#arm(this.#lease / 3)
  }

  delete(run: R): void {
    this.runs.delete(run)
  }

  close(): void {
    this.#timer?.clear()
    this.#timer = undefined
  }

  #arm(delay: number): void {
    this.#due = clock().now() + delay
    this.#timer = clock().after(delay, () => {
      this.#timer = undefined
      void this.#renew()
    })
  }

  async #renew(): Promise<void> {
    const held = [...this.runs].filter((run) => run.holds())
    if (held.length === 0) return
    this.#warnOfBlock(held)
    this.#arm(this.#lease / 3)
    const end = clock().now() + this.#lease
    try {
      const leases = held.map((run) => run.lease)
      const lost = new Set(await this.#store.renew(leases, this.#lease))
      for (const run of held) {
        if (!run.listed) continue
        if (lost.has(run.lease.id)) run.lose()
        else run.renewed(end)
      }
    } catch {
      // The store is away: the next look comes soon enough, or the leases end.
      for (const run of held) run.holds()
    }
  }

  /** A handler that keeps the event loop from turning risks the leases of all. */
  #warnOfBlock(runs: readonly LeasedRun[]): void {
    const late = clock().now() - this.#due
    if (late < this.#lease / 2) return
    const message = `the event loop did not turn for ${Math.round(late)} ms while the job ran, more than half of its lease`
    for (const run of runs) run.warn(message)
  }
}
