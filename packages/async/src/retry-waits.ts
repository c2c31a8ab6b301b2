/*
 * How long to wait between attempts, as functions that can be combined.
 */

import { netError, own } from '@net/core/authoring'

import { lengthOf } from './option-checks.ts'
import type { RetryWait } from './retry-decisions.ts'

/** Options of waits that grow. Times are in milliseconds. */
export interface BackOffOptions {
  /** The longest wait before the second attempt. Default 100. */
  readonly delay?: number
  /** What the longest wait grows by with each attempt, 1 or more. Default 2. */
  readonly factor?: number
  /** `'full'`, the default, waits anything between 0 and the longest wait, so that callers do not come back in step. */
  readonly jitter?: 'full' | 'none'
  /** What the longest wait does not grow beyond. Default 30,000. */
  readonly maxDelay?: number
  /** Where the jitter comes from: a number from 0 to below 1. Default `Math.random`; for tests. */
  readonly random?: () => number
}

/** Waits that grow with each attempt; what `retry` does by default. Throws `NET_BAD_OPTION`. */
export function waitExponential(options?: BackOffOptions): RetryWait {
  const delay = lengthOf('delay', own(options, 'delay') ?? 100)
  const factor = factorOf(own(options, 'factor') ?? 2)
  const jitter = jitterOf(own(options, 'jitter') ?? 'full')
  const maxDelay = lengthOf('maxDelay', own(options, 'maxDelay') ?? 30_000)
  const random = own(options, 'random') ?? Math.random
  return ({ attempt }) => {
    const longest = Math.min(delay * factor ** (attempt - 1), maxDelay)
    return jitter === 'full' ? longest * random() : longest
  }
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
  return () => least + (most - least) * random()
}

/** The sum of several waits. */
export function waitSum(...waits: readonly RetryWait[]): RetryWait {
  return (failed) => waits.reduce((sum, wait) => sum + wait(failed), 0)
}

/** The first wait after the first attempt, the second after the second, the last from then on. Throws `NET_BAD_OPTION` for none. */
export function waitChain(...waits: readonly RetryWait[]): RetryWait {
  const last = waits.at(-1)
  if (last === undefined) throw netError('NET_BAD_OPTION', { message: 'waitChain needs a wait' })
  return (failed) => (waits[failed.attempt - 1] ?? last)(failed)
}

function factorOf(value: number): number {
  if (typeof value === 'number' && value >= 1) return value
  throw netError('NET_BAD_OPTION', { message: 'factor must be a number, 1 or more' })
}

function jitterOf(value: 'full' | 'none'): 'full' | 'none' {
  if (value === 'full' || value === 'none') return value
  throw netError('NET_BAD_OPTION', { message: "jitter must be 'full' or 'none'" })
}
