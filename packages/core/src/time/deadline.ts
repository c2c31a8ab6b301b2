/*
 * A limit on waiting for the peer: runs only between `start` and `stop` or `rest`, begins anew when enough has moved, and
 * costs no timer call per chunk.
 */

import { clock, type Timer } from './clock.ts'

/** One restartable limit in milliseconds; `Infinity` never expires. */
export class Deadline {
  readonly limit: number
  readonly #expired: () => void
  #enough: number
  #timer: Timer | undefined
  #waiting = false
  #waited = 0
  #since = 0
  #moved = 0

  /** `enough` is how many bytes must move for the wait to begin anew; default 1,024. */
  constructor(limit: number, expired: () => void, enough = 1024) {
    this.limit = limit
    this.#expired = expired
    this.#enough = enough
  }

  /** Whether a single byte is enough. */
  get anyByteCounts(): boolean {
    return this.#enough === 1
  }

  /** From here on any byte is life: what is read piece by piece may have nothing but a heartbeat for hours. */
  countAnyByte(): void {
    this.#enough = 1
    this.moved(0)
  }

  /** We wait for the peer from here on. */
  start(): void {
    if (this.#waiting || this.limit === Infinity) return
    this.#waiting = true
    this.#since = clock().now()
    // One that was left by `rest` fires too early, and finds then how much of the limit is left.
    if (this.#timer === undefined) this.#arm(this.limit - this.#waited)
  }

  /** We do not wait for the peer any more; the time waited so far counts on at the next start. Leaves no timer. */
  stop(): void {
    this.#timer?.clear()
    this.#timer = undefined
    if (!this.#waiting) return
    this.#waiting = false
    this.#waited += clock().now() - this.#since
  }

  /** This wait is over, and the next one counts from 0. Leaves its timer to the next one, so that many waits cost one. */
  rest(): void {
    this.#waiting = false
    this.#waited = 0
    this.#moved = 0
  }

  /** So many more bytes have moved. */
  moved(bytes: number): void {
    this.#moved += bytes
    if (this.#moved < this.#enough) return
    this.#moved = 0
    this.#waited = 0
    // The timer stays as it is; when it fires it finds how much of the limit is left.
    if (this.#waiting) this.#since = clock().now()
  }

  #arm(delay: number): void {
    this.#timer = clock().after(Math.max(delay, 0), () => this.#fire())
  }

  #fire(): void {
    this.#timer = undefined
    if (!this.#waiting) return
    const left = this.limit - this.#waited - (clock().now() - this.#since)
    // Timers may fire a fraction of a millisecond early.
    if (left > 1) {
      this.#arm(left)
      return
    }
    this.#waiting = false
    this.#expired()
  }
}
