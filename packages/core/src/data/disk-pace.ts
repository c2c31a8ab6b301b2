/*
 * How fast the disk under a tree or a folder answers. What it has in memory is asked for here and now, which costs a tenth of a
 * trip to another thread; a disk that takes its time is asked in the background, so that nothing else has to wait for it.
 */

import { clock } from '../time/clock.ts'

/** The pace of one tree or folder. */
export class DiskPace {
  #slowUntil = -Infinity
  #quickUntil = -Infinity
  #longInARow = 0
  #rested: number = clock().now()

  /** Whether the disk has been slow a moment ago. */
  get isSlow(): boolean {
    return clock().now() < this.#slowUntil
  }

  /** Does the work at once, or in the background while the disk is slow. */
  async run<T>(atOnce: () => T, inBackground: () => Promise<T>): Promise<T> {
    if (this.isSlow) return inBackground()
    await this.rest()
    return this.timed(atOnce)
  }

  /**
   * Does the work at once only where the disk has answered quickly a moment ago, and else in the background: for a disk that may
   * be far away, and not answer at all. `atOnce` gives undefined for what would have to wait.
   */
  async runIfQuick<T>(atOnce: () => T | undefined, inBackground: () => Promise<T>): Promise<T> {
    if (clock().now() < this.#quickUntil) {
      await this.rest()
      const done = this.timed(atOnce)
      if (done !== undefined) return done
    }
    const began = clock().now()
    try {
      return await inBackground()
    } finally {
      this.took(clock().now() - began)
    }
  }

  /** Does the work, and remembers how long it took. */
  timed<T>(work: () => T): T {
    const began = clock().now()
    try {
      return work()
    } finally {
      this.took(clock().now() - began)
    }
  }

  /** The disk took so many milliseconds. */
  took(milliseconds: number): void {
    const isLong = milliseconds > LONG
    const later = clock().now() + MOMENT
    this.#quickUntil = isLong ? -Infinity : later
    this.#longInARow = isLong ? this.#longInARow + 1 : 0
    // One alone may have been kept from its processor, and not from its disk.
    if (this.#longInARow >= MANY) this.#slowUntil = later
  }

  /** Whether others have waited for some milliseconds. */
  get mustRest(): boolean {
    return clock().now() - this.#rested >= STRETCH
  }

  /** Lets others have their turn after some milliseconds of work: promises alone would not. */
  async rest(): Promise<void> {
    if (!this.mustRest) return
    await new Promise((resolve) => setImmediate(resolve))
    this.#rested = clock().now()
  }
}

const MANY = 3
/** Milliseconds. */
const LONG = 20
const MOMENT = 1000
const STRETCH = 4
