/*
 * Progress of a transfer as callers see it: how much, how fast, how long still, at most ten times a second.
 */

import { clock } from './time/clock.ts'

/** How far a transfer is: bytes, bytes per second, milliseconds. */
export interface Progress {
  readonly transferred: number
  readonly total?: number
  readonly rate: number
  readonly elapsed: number
  readonly eta?: number
}

/** Turns counts of bytes into reports: at most one per 100 ms, and one at the end. */
export class ProgressMeter {
  readonly #report: (progress: Progress) => void
  readonly #started = clock().now()
  #last = -Infinity
  #told = -1
  #transferred = 0
  #total: number | undefined

  constructor(report: (progress: Progress) => void) {
    this.#report = report
  }

  get transferred(): number {
    return this.#transferred
  }

  /** So much has been transferred in all. */
  at(transferred: number, total?: number): void {
    this.#transferred = transferred
    if (total !== undefined) this.#total = total
    const now = clock().now()
    if (now - this.#last < INTERVAL) return
    this.#last = now
    this.#tell(now)
  }

  /** The transfer has ended; reports the last state unless it was reported already. */
  end(): void {
    if (this.#told !== this.#transferred) this.#tell(clock().now())
  }

  #tell(now: number): void {
    const transferred = this.#transferred
    this.#told = transferred
    const elapsed = now - this.#started
    const rate = elapsed > 0 ? (transferred / elapsed) * 1000 : 0
    const total = this.#total
    const progress: Draft = { transferred, rate, elapsed }
    if (total !== undefined) progress.total = total
    if (total !== undefined && rate !== 0)
      progress.eta = Math.max(0, ((total - transferred) / rate) * 1000)
    this.#report(Object.freeze(progress))
  }
}

type Draft = { -readonly [K in keyof Progress]: Progress[K] }

const INTERVAL = 100
