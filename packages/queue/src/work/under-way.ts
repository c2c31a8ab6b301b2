/* Calls that a close waits for, for a while. */

import { clock } from '@net/core/authoring'

import { Bell } from './bell.ts'

/** Counts calls while they are under way. */
export class UnderWay {
  readonly #bell = new Bell()
  #count = 0

  /** Gives what the call gives, its failure too. */
  async counted<T>(call: Promise<T>): Promise<T> {
    this.#count++
    try {
      return await call
    } finally {
      this.#count--
      this.#bell.ring()
    }
  }

  /** Resolves when none is under way, or after so many milliseconds. One may wait. */
  async ended(limit: number): Promise<void> {
    const late = clock().now() + limit
    for (let left = limit; this.#count > 0 && left > 0; left = late - clock().now()) {
      await this.#bell.wait(left)
    }
  }
}
