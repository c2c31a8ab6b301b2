/*
 * So many in a stretch of time: a bucket of tokens that fills at a steady rate.
 */

import { WaitList, clock, netError, option, shape, type Timer } from '@net/core/authoring'

import { doorOf, waitTable } from '../doors.ts'
import type { WaitOptions } from '../tasks/job.ts'
import { waitRefusal } from './wait-refusal.ts'

/** Options of a rate limiter. */
export interface RateLimiterOptions {
  /** How many tokens come in each interval; they come one by one, spread over it. */
  readonly limit: number
  /** Milliseconds. Default 1,000. */
  readonly interval?: number | undefined
  /** How many tokens may be saved up, and so be taken at once. Default `limit`. */
  readonly burst?: number | undefined
}

/** Options of taking tokens. */
export interface RateOptions extends WaitOptions {
  /** How many. Default 1. */
  readonly tokens?: number | undefined
}

/** A rate limiter, full at first, first come, first served. The constructor throws `NET_BAD_OPTION`. */
export class RateLimiter {
  readonly #waiting = new WaitList<void, number>({
    what: 'the rate limiter',
    left: () => this.#serve(),
  })
  readonly #rate: number
  readonly #burst: number
  #tokens: number
  #filled: number = clock().now()
  #timer: Timer | undefined

  constructor(options: RateLimiterOptions) {
    const { limit, interval = 1000, burst = Math.max(Math.ceil(limit), 1) } = limiterDoor(options)
    this.#rate = limit / interval
    this.#burst = burst
    this.#tokens = this.#burst
  }

  /** How many whole tokens could be taken at once. */
  get available(): number {
    if (this.#waiting.size > 0) return 0
    this.#fill()
    return Math.floor(this.#tokens + TOLERANCE)
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Waits until the tokens are there and takes them; a call that is aborted or times out takes none. `NET_BAD_OPTION` for more than `burst`. */
  acquire(options?: RateOptions): Promise<void> {
    const refused = waitRefusal(options, acquireDoor)
    if (refused !== undefined) return Promise.reject(refused)
    try {
      if (this.tryAcquire(options)) return TAKEN
    } catch (error) {
      return Promise.reject(error)
    }
    const waiting = this.#waiting.wait(options?.tokens ?? 1, options)
    if (this.#waiting.size === 1) this.#serve()
    return waiting
  }

  /** Takes the tokens if they are there and no call waits; returns whether it did. Throws `NET_BAD_OPTION`. */
  tryAcquire(options?: Pick<RateOptions, 'tokens'>): boolean {
    const { tokens = 1 } = acquireDoor(options)
    if (tokens > this.#burst) {
      throw netError('NET_BAD_OPTION', { message: `tokens must not be more than ${this.#burst}` })
    }
    if (this.#waiting.size > 0) return false
    this.#fill()
    return this.#take(tokens)
  }

  #serve(): void {
    this.#fill()
    let next = this.#waiting.first
    while (next !== undefined && this.#take(next.detail)) {
      this.#waiting.shift()?.grant()
      next = this.#waiting.first
    }
    this.#timer?.clear()
    this.#timer =
      next && clock().after((next.detail - this.#tokens) / this.#rate, () => this.#serve())
  }

  #take(tokens: number): boolean {
    if (this.#tokens + TOLERANCE < tokens) return false
    this.#tokens = Math.max(this.#tokens - tokens, 0)
    return true
  }

  #fill(): void {
    const now = clock().now()
    this.#tokens = Math.min(this.#tokens + (now - this.#filled) * this.#rate, this.#burst)
    this.#filled = now
  }
}

const aboveNothing = shape<number>(
  'a number above 0',
  (value) => typeof value === 'number' && value > 0 && value !== Infinity,
)
const limiterDoor = doorOf<RateLimiterOptions>('new RateLimiter', {
  limit: option.required(aboveNothing),
  interval: aboveNothing,
  burst: option.count,
})
const acquireDoor = doorOf<RateOptions>('limiter.acquire', { ...waitTable, tokens: option.count })
// Times are fractions, so the sum of what came in may miss a whole token by a hair.
const TOLERANCE = 1e-6
const TAKEN: Promise<void> = Promise.resolve()
