/*
 * One session, one call at a time: who comes first is served first, and a call that is stopped leaves the line. It
 * must not know what the calls do.
 */

import { clock, netError, type Operation } from '@net/core/authoring'

/** A line of calls. */
export class Turns {
  readonly #waiting: Waiting[] = []
  #taken = false

  /** Whether a call has the turn. */
  get taken(): boolean {
    return this.#taken
  }

  /** Waits for the turn; resolves to what gives it back. Rejects when the operation is stopped, and with `NET_TIMEOUT_POOL`. */
  take(op: Operation): Promise<() => void> {
    if (!this.#taken) return Promise.resolve(this.#give())
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        begin: () => {
          settle()
          resolve(this.#give())
        },
      }
      const leave = (error: Error): void => {
        settle()
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(error)
      }
      const { pool } = op.limits
      const timer = pool === Infinity ? undefined : clock().after(pool, () => leave(tooLong(pool)))
      const forget = op.onAbort(leave)
      const settle = (): void => {
        timer?.clear()
        forget()
      }
      this.#waiting.push(waiting)
    })
  }

  #give(): () => void {
    this.#taken = true
    return () => {
      this.#taken = false
      this.#waiting.shift()?.begin()
    }
  }
}

interface Waiting {
  begin(): void
}

function tooLong(limit: number): Error {
  return netError('NET_TIMEOUT_POOL', {
    message: `the session was not free within ${limit} ms`,
    limit,
  })
}
