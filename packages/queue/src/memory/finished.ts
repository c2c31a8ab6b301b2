/* Finished jobs of one state, the oldest first, within the bounds of what is kept. */

import { LinkedList } from '@net/core/authoring'

import type { Retention } from '../store.ts'
import type { Entry } from './entry.ts'

/** The jobs of one state. */
export class Finished {
  readonly #jobs = new LinkedList<Entry>()
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

  /** Takes out the oldest one if it is beyond the bounds; undefined when all are within. */
  surplus(date: number): Entry | undefined {
    const { first } = this.#jobs
    if (first === undefined) return undefined
    const { age, count, bytes } = this.#rule
    const isOld = date - (first.finished ?? date) > age
    if (!isOld && this.#jobs.size <= count && this.#bytes <= bytes) return undefined
    this.delete(first)
    return first
  }
}
