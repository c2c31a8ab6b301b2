/*
 * How long to wait between attempts, as functions that can be combined.
 */

import type { BackOffOptions, RetryWait } from '@net/core'
import { backOffTable, exponential, netError, optionsDoor } from '@net/core/authoring'

import { lengthOf } from '../option-checks.ts'

/** Waits that grow with each attempt; what `retry` does by default. Throws `NET_BAD_OPTION`. */
export function waitExponential(options?: BackOffOptions): RetryWait {
  return exponential(exponentialDoor(options))
}

/** Always the same wait. Throws `NET_BAD_OPTION`. */
export function waitFixed(milliseconds: number): RetryWait {
  lengthOf('milliseconds', milliseconds)
  return () => milliseconds
}

/** Anything from `least` to below `most`. Throws `NET_BAD_OPTION`. */
export function waitRandom(
  least: number,
  most: number,
  random: () => number = Math.random,
): RetryWait {
  lengthOf('least', least)
  lengthOf('most', most)
  if (least === Infinity || most === Infinity) return () => Infinity
  return () => least + (most - least) * random()
}

/** The sum of several waits. */
export function waitSum(...waits: readonly RetryWait[]): RetryWait {
  return (failed) => waits.reduce((sum, wait) => sum + wait(failed), 0)
}

/** The first wait after the first attempt, the second after the second, the last from then on. Throws `NET_BAD_OPTION` for an empty list. */
export function waitChain(...waits: readonly RetryWait[]): RetryWait {
  const last = waits.at(-1)
  if (last === undefined) throw netError('NET_BAD_OPTION', { message: 'waitChain needs a wait' })
  return (failed) => (waits[failed.attempt - 1] ?? last)(failed)
}

const exponentialDoor = optionsDoor<BackOffOptions>(
  { protocol: 'async', call: 'waitExponential' },
  backOffTable,
)
