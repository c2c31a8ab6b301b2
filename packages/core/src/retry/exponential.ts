/* Waits that grow with each attempt, with jitter. */

import type { OptionTable, Taken } from '../options/door.ts'
import * as option from '../options/values.ts'
import type { RetryWait } from './decisions.ts'

/** Options of waits that grow. Times are in milliseconds. */
export interface BackOffOptions {
  /** The longest wait before the second attempt. Default 100. */
  readonly delay?: number | undefined
  /** What the longest wait grows by with each attempt, 1 or more. Default 2. */
  readonly factor?: number | undefined
  /** `'full'`, the default, waits anything between 0 and the longest wait, so that callers do not come back in step. */
  readonly jitter?: 'full' | 'none' | undefined
  /** What the longest wait does not grow beyond. Default 30,000. */
  readonly maxDelay?: number | undefined
  /** Where the jitter comes from: a number from 0 to below 1. Default `Math.random`; for tests. */
  readonly random?: (() => number) | undefined
}

/** The shapes of these options, for calls that take them among others. */
export const backOffTable: OptionTable<BackOffOptions> = {
  delay: option.milliseconds,
  factor: option.atLeast(1),
  jitter: option.oneOf('full', 'none'),
  maxDelay: option.milliseconds,
  random: option.callback(),
}

/** Waits by options that have passed the door. */
export function exponential(options: Taken<BackOffOptions>): RetryWait {
  const { delay = 100, factor = 2, jitter = 'full', maxDelay = 30_000 } = options
  const random = options.random ?? Math.random
  return ({ attempt }) => {
    // No growth makes a wait of nothing; 0 times Infinity would be no number.
    const longest = delay === 0 ? 0 : Math.min(delay * factor ** (attempt - 1), maxDelay)
    return jitter === 'full' && longest !== Infinity ? longest * random() : longest
  }
}
