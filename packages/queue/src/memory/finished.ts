/* Finished jobs of one state, the oldest first, within the bounds of what is kept. */

import type { Retention } from '../store.ts'
import type { Entry } from './entry.ts'

/** The jobs of one state. */
export class Finished {
  readonly #jobs = new Set<Entry>()
  readonly #rule: Retention
  #bytes = 0

  constructor(rule: Retention) {
    this.#rule = rule
  }

  get size(): number {
    return this.#jobs.size
  }

  get bytes(): number {
    return this.#bytes
  }

  add(entry: Entry): void {
    this.#jobs.add(entry)
    this.#bytes += entry.size
  }

  /** Whether it was there. */
  delete(entry: Entry): boolean {
    const was = this.#jobs.delete(entry)
    if (was) this.#bytes -= entry.size
    return was
  }

  all(): readonly Entry[] {
    return [...this.#jobs]
  }

  /** Takes out what is beyond the bounds. */
  *surplus(date: number): Generator<Entry, void> {
    const { age, count, bytes } = this.#rule
    for (const entry of this.#jobs) {
      const isOld = date - (entry.finished ?? date) > age
      if (!isOld && this.#jobs.size <= count && this.#bytes <= bytes) return
      this.delete(entry)
      yield entry
    }
  }
}
