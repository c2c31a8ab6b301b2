/*
 * A meeting point: all parties wait until the last one has come.
 */

import type { NetError } from '@net/core'
import { WaitList, netError } from '@net/core/authoring'

import type { WaitOptions } from '../tasks/job.ts'
import { countOf } from '../option-checks.ts'
import { waitRefusal } from './wait-refusal.ts'

/**
 * A barrier for so many parties, which can be used again and again. A party whose wait is aborted or times out
 * does not count: the others wait for another one. The constructor throws `NET_BAD_OPTION`.
 */
export class Barrier {
  /** How many must come. */
  readonly parties: number
  readonly #waiting = new WaitList<number>({ what: 'the other parties of the barrier' })
  #broken = false

  constructor(parties: number) {
    this.parties = countOf('parties', parties)
  }

  /** How many have come and wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Whether it was broken by `abort` and not yet `reset`. */
  get broken(): boolean {
    return this.#broken
  }

  /**
   * Waits until all have come, and resolves to the party's number in the order of coming, from 0 on: a different one
   * for each, so that one of them can do work that must happen once. Rejects with `NET_BARRIER_BROKEN`.
   */
  wait(options?: WaitOptions): Promise<number> {
    const refused = waitRefusal(options)
    if (refused !== undefined) return Promise.reject(refused)
    if (this.#broken) return Promise.reject(brokenError('aborted'))
    const before = this.#waiting.size
    if (before + 1 < this.parties) return this.#waiting.wait(undefined, options)
    for (let party = 0; party < before; party++) this.#waiting.shift()?.grant(party)
    return Promise.resolve(before)
  }

  /** Breaks it: waits under way, and those begun before a `reset`, reject with `NET_BARRIER_BROKEN`. */
  abort(): void {
    this.#broken = true
    this.#waiting.failAll(() => brokenError('aborted'))
  }

  /** Makes it usable again; waits under way reject with `NET_BARRIER_BROKEN`. */
  reset(): void {
    this.#broken = false
    this.#waiting.failAll(() => brokenError('reset'))
  }
}

function brokenError(how: 'aborted' | 'reset'): NetError {
  return netError('NET_BARRIER_BROKEN', { message: `the barrier was ${how}` })
}
