/*
 * Waiting for work that may never end, for so long and no longer.
 */

import { clock } from '@net/core/authoring'

/** Waits for the work, which does not reject, for at most so many milliseconds; resolves to whether it ended. */
export function within(limit: number, work: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = limit === Infinity ? undefined : clock().after(limit, () => resolve(false))
    void work.then(() => {
      timer?.clear()
      resolve(true)
    })
  })
}
