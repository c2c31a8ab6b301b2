/*
 * Ticks at equal distances: a timer as something to iterate, which holds nothing between two ticks that are read.
 */

import { clock, leavable, option } from '@net/core/authoring'

import { CancelScope } from './cancel-scope.ts'
import { doorOf } from '../doors.ts'
import type { WaitOptions } from './job.ts'
import { limitOf } from '../option-checks.ts'
import { sleepUntil } from './sleep.ts'

/**
 * Gives 1, 2, 3, … once so many milliseconds, twice as many and so on have passed since the reading began, however
 * long the loop's body takes. Ticks that passed meanwhile are left out, which the number shows. Rejects with
 * AbortError when `signal` aborts, with `NET_BAD_OPTION` for a period that is not above 0.
 */
export function every(
  milliseconds: number,
  options?: Pick<WaitOptions, 'signal'>,
): AsyncGenerator<number, undefined, undefined> {
  let scope: CancelScope | undefined
  const ticks = async function* (): AsyncGenerator<number, void, undefined> {
    const period = limitOf('milliseconds', milliseconds)
    await using waits = new CancelScope(everyDoor(options))
    scope = waits
    const { signal } = waits
    const began = clock().now()
    for (let tick = 1; ;) {
      await sleepUntil(began + tick * period, { signal })
      yield tick
      tick = Math.max(tick, Math.floor((clock().now() - began) / period)) + 1
    }
  }
  return leavable(ticks(), { leave: () => scope?.cancel() })
}

const everyDoor = doorOf<Pick<WaitOptions, 'signal'>>('every', { signal: option.signal })
