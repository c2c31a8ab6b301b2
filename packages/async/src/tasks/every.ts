/*
 * Ticks at equal distances: a timer as something to iterate, which holds nothing between two ticks that are read.
 */

import { clock, inCall, leavable, netError, option, type CallPlace } from '@net/core/authoring'

import { CancelScope } from './cancel-scope.ts'
import { doorOf } from '../doors.ts'
import type { WaitOptions } from './job.ts'
import { limitOf } from '../option-checks.ts'
import { sleepUntil } from './sleep.ts'

/**
 * Gives 1, 2, 3, … once so many milliseconds, twice as many and so on have passed since the reading began, however
 * long the loop's body takes. Ticks that passed meanwhile are left out, which the number shows. Rejects with
 * AbortError when `signal` aborts. Throws `NET_BAD_OPTION` at the call for a period that is not above 0, and for a
 * callback: `for await (const tick of every(1000)) { … }`.
 */
export function every(
  milliseconds: number,
  options?: Pick<WaitOptions, 'signal'>,
): AsyncGenerator<number, undefined, undefined> {
  // At once: an error that waits for the loop to begin would never be seen where there is none.
  const period = inCall(PLACE, () => {
    refuseCallback(milliseconds, options)
    return limitOf('milliseconds', milliseconds)
  })
  const taken = everyDoor(options)
  let scope: CancelScope | undefined
  const ticks = async function* (): AsyncGenerator<number, void, undefined> {
    await using waits = new CancelScope(taken)
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

function refuseCallback(milliseconds: number, options: unknown): void {
  if (typeof options !== 'function') return
  throw netError('NET_BAD_OPTION', {
    message: `the argument must be an object of options, not a function; ticks are read by a loop: for await (const tick of every(${milliseconds})) { … }`,
  })
}

const PLACE: CallPlace = { protocol: 'async', call: 'every' }
const everyDoor = doorOf<Pick<WaitOptions, 'signal'>>('every', { signal: option.signal })
