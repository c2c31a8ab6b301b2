/*
 * One at a time: calls that share a session wait for their turn, in the order in which they came. A call that is
 * aborted while it waits has never been there.
 */

import type { Operation } from '@net/core/authoring'

/** A queue of calls. */
export class Turns {
  #last: Promise<void> = Promise.resolve()

  /** Runs the call when all before it have ended. */
  async take<T>(op: Operation, run: () => Promise<T>): Promise<T> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    try {
      await turn(op, before)
      return await run()
    } finally {
      // Who gives up while waiting must not let the next one overtake those before.
      void before.then(resolve)
    }
  }
}

function turn(op: Operation, before: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const forget = op.onAbort(reject)
    void before.then(() => {
      forget()
      resolve()
    })
  })
}
