/* Waiting for a stream of the caller's that was given up. */

import { clock } from '../time/clock.ts'

/** Settles as the promise does, but resolves after 2 s at the latest: a stream that never lets go must not hold its call. */
export function lettingGo(done: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock().after(PATIENCE, resolve)
    done.then(
      () => {
        timer.clear()
        resolve()
      },
      (error: unknown) => {
        timer.clear()
        reject(error)
      },
    )
  })
}

const PATIENCE = 2000
