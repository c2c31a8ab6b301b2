/*
 * Who may ask the server for one more session on a connection: everybody at once, or one at a time where a server has
 * shown that it does not bear more. It must not know what runs.
 */

import { clock, netError, type Limits, type Timer } from '@net/core/authoring'

import type { PendingWaits, Stoppable } from './pending-waits.ts'

/** Somebody who waits, and for how long. */
export interface PlaceSeeker extends Stoppable {
  readonly limits: Pick<Limits, 'pool'>
}

/** Gives a place back; once, however often it is called. */
export type Place = () => void

/** The places of one connection. */
export class SessionPlaces {
  #most = Infinity
  #held = 0
  readonly #line: (() => void)[] = []
  readonly #waits: PendingWaits

  constructor(waits: PendingWaits) {
    this.#waits = waits
  }

  /** Whether there is only one. */
  get single(): boolean {
    return this.#most === 1
  }

  /** From here on the next session begins when the one before it is over. */
  oneAtATime(): void {
    this.#most = 1
  }

  /**
   * Takes a place: what gives it back, at once where one is free. Rejects with `NET_TIMEOUT_POOL`, when `op` is stopped,
   * and when the connection goes.
   */
  take(op: PlaceSeeker): Place | Promise<Place> {
    if (this.#held >= this.#most) return this.#turn(op)
    this.#held += 1
    return this.#once()
  }

  async #turn(op: PlaceSeeker): Promise<Place> {
    const { pool } = op.limits
    let timer: Timer | undefined
    let called = (): void => {}
    try {
      await this.#waits.wait<void>((resolve, reject) => {
        called = () => {
          // Taken at once, so that a call that comes before the next turn of the loop is not served first.
          this.#held += 1
          resolve()
        }
        this.#line.push(called)
        if (pool !== Infinity) timer = clock().after(pool, () => reject(tooLong(pool)))
      }, op)
      return this.#once()
    } finally {
      timer?.clear()
      const at = this.#line.indexOf(called)
      if (at >= 0) this.#line.splice(at, 1)
    }
  }

  #once(): Place {
    let given = false
    return () => {
      if (given) return
      given = true
      this.#held -= 1
      if (this.#held < this.#most) this.#line.shift()?.()
    }
  }
}

function tooLong(limit: number): Error {
  return netError('NET_TIMEOUT_POOL', {
    message: `the server runs one command at a time on this connection, and the one before did not end within ${limit} ms`,
    limit,
  })
}
