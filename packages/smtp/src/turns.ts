/*
 * One at a time: calls that share a session wait for their turn, in the order in which they came. A call that is
 * stopped while it waits has not begun.
 */

import { clock, netError, type Operation } from '@net/core/authoring'

/** A queue of calls. */
export class Turns {
  #last: Promise<void> = Promise.resolve()
  #calls = 0

  /** Runs the call when all before it have ended. If that takes too long, calls `late` and rejects with `NET_TIMEOUT_POOL`. */
  async take<T>(op: Operation, late: () => void, run: () => Promise<T>): Promise<T> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    this.#calls += 1
    try {
      await (this.#calls === 1 ? before : turn(op, before, late))
      return await run()
    } finally {
      // A call that gives up while it waits must not let the next one overtake those before.
      void before.then(() => {
        this.#calls -= 1
        resolve()
      })
    }
  }
}

function turn(op: Operation, before: Promise<void>, late: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const { pool } = op.limits
    const leave = (reason: Error): void => {
      settle()
      reject(reason)
    }
    const expire = (): void => {
      late()
      leave(tooLong(pool))
    }
    const timer = pool === Infinity ? undefined : clock().after(pool, expire)
    const forget = op.onAbort(leave)
    const settle = (): void => {
      timer?.clear()
      forget()
    }
    void before.then(() => {
      settle()
      resolve()
    })
  })
}

function tooLong(limit: number): Error {
  const message = `the connection was busy with earlier calls for ${limit} ms`
  return netError('NET_TIMEOUT_POOL', { message, limit })
}
