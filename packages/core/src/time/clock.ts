/*
 * The one clock of the process: monotonic time and timers. Everything of ours reads it, so that a test can
 * replace it and step through hours in a moment.
 */

import { shared } from '../shared.ts'
import { afterDelay } from './timer-queue.ts'

/** A timer that can be cleared. */
export interface Timer {
  clear(): void
}

/** Monotonic milliseconds, timers, and the wall clock for the few places that must name a date. */
export interface Clock {
  /** Milliseconds since an arbitrary origin; never goes back. */
  now(): number
  /** Calls `callback` once after `delay` milliseconds. */
  after(delay: number, callback: () => void): Timer
  /** Milliseconds since 1970. */
  date(): number
}

/** The clock in force. */
export function clock(): Clock {
  return holder.current
}

/** Puts another clock in force until the returned function is called. For `@net/core/testing` alone. */
export function replaceClock(next: Clock): () => void {
  const previous = holder.current
  holder.current = next
  return () => {
    holder.current = previous
  }
}

const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after: afterDelay,
}

const holder: { current: Clock } = shared('clock', () => ({ current: systemClock }))
