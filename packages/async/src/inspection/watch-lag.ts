/*
 * A warning when something keeps the event loop from turning, as a long computation or a synchronous call does. It
 * measures the process itself, so it goes by real time.
 */

import { performance } from 'node:perf_hooks'
import { setInterval as everyRealTime } from 'node:timers'

import { clock, guarded, isHeard, nextId, option, tell } from '@net/core/authoring'

import { doorOf } from '../doors.ts'

/** Options of `watchLag`. */
export interface WatchLagOptions {
  /** From how many milliseconds of delay on there is a warning; default 100. */
  readonly threshold?: number | undefined
  /** Called with each delay above the threshold, in milliseconds, after the event loop turns again. */
  readonly onLag?: ((delay: number) => void) | undefined
}

/** A watch over the event loop; dispose it to end it. */
export interface LagWatch extends Disposable {
  /** The longest delay so far in milliseconds. */
  readonly longest: number
}

/**
 * Watches how late the event loop turns, and reports each delay of more than `threshold` as a warning event, which
 * `logTo` prints, and to `onLag`. It looks every half `threshold`, and does not keep the process alive. Throws
 * `NET_BAD_OPTION`.
 */
export function watchLag(options?: WatchLagOptions): LagWatch {
  const { threshold = 100, onLag = () => {} } = lagDoor(options)
  return new Watch(threshold, guarded('onLag', onLag))
}

class Watch implements LagWatch {
  readonly #threshold: number
  readonly #onLag: (delay: number) => void
  readonly #interval: number
  readonly #timer: NodeJS.Timeout
  #looked: number = performance.now()
  #longest = 0

  constructor(threshold: number, onLag: (delay: number) => void) {
    this.#threshold = threshold
    this.#onLag = onLag
    this.#interval = Math.min(Math.max(threshold / 2, 1), LONGEST)
    this.#timer = everyRealTime(() => this.#look(), this.#interval).unref()
  }

  get longest(): number {
    return this.#longest
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const now = performance.now()
    const delay = Math.max(now - this.#looked - this.#interval, 0)
    this.#looked = now
    this.#longest = Math.max(this.#longest, delay)
    if (delay <= this.#threshold) return
    warn(delay)
    this.#onLag(delay)
  }
}

function warn(delay: number): void {
  if (!isHeard('operation', undefined)) return
  const event = {
    version: 1,
    type: 'operation',
    state: 'warning',
    id: nextId(),
    protocol: 'async',
    operation: 'watchLag',
    time: clock().now(),
    message: `the event loop was blocked for ${Math.round(delay)} ms`,
  } as const
  tell(event, undefined)
}

const LONGEST = 1000

const lagDoor = doorOf<WatchLagOptions>('watchLag', {
  threshold: option.limit,
  onLag: option.callback(),
})
