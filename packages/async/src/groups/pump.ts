/*
 * Reading sources in the tasks of a group, for one reader: what makes an iterator a channel that is closed on time.
 */

import { isCancellation } from '../tasks/cancellation.ts'
import type { AsyncItems } from '../iterators/items.ts'
import type { TaskStream } from './task-stream.ts'
import { reportLate } from '../report-late.ts'
import type { RunningGroup } from './running-group.ts'

/** Hands the items over until they end or the group does, and closes them; waits for a busy source if it `obeys`. */
export async function pump<T>(
  items: AsyncItems<T>,
  stream: TaskStream<T>,
  group: RunningGroup,
  obeys: boolean,
): Promise<void> {
  try {
    while (!group.ending) {
      const taken = items.take()
      const next = obeys ? await taken : await unlessCancelled(group, taken)
      if (next === undefined || next.done === true) return
      await stream.put(next.value)
    }
  } finally {
    await items.leave()
  }
}

/** Waits for the promise, or resolves to undefined when the group is cancelled first. */
export function unlessCancelled<V>(group: RunningGroup, taken: Promise<V>): Promise<V | undefined> {
  return new Promise((resolve, reject) => {
    const forget = group.scope.onCancel(() => resolve(undefined))
    taken.then(
      (value) => {
        forget()
        resolve(value)
      },
      (error: unknown) => {
        forget()
        reject(error)
        if (group.ending && !isCancellation(error, group.scope.reason)) {
          reportLate('an iterator failed after it had been left', error)
        }
      },
    )
  })
}
