/*
 * Whether the peer is still there: asks it when it has been silent, and gives it up when it stays silent. Knows
 * nothing of the wire.
 */

import { clock, type Timer } from '@net/core/authoring'

/** How often a silent peer is asked. */
export interface KeepAliveOptions {
  /** Milliseconds of silence after which the peer is asked, and asked again; default 15,000. */
  readonly interval?: number | undefined
  /** How many questions may stay without an answer; default 3. */
  readonly count?: number | undefined
}

/** What a keep-alive does with its connection. */
export interface KeepAliveRoad {
  /** Sends a question that the peer must answer. */
  ask(): void
  /** The peer has not answered for so many milliseconds. */
  lost(silence: number): void
}

/** Watches over one connection until it is stopped. */
export class KeepAliveWatch {
  readonly #interval: number
  readonly #count: number
  readonly #road: KeepAliveRoad
  #timer: Timer | undefined
  #unanswered = 0
  #heard = false

  constructor(options: KeepAliveOptions, road: KeepAliveRoad) {
    this.#interval = options.interval ?? INTERVAL
    this.#count = options.count ?? COUNT
    this.#road = road
    this.#arm()
  }

  /** The peer has sent a whole packet: it is there. Costs no timer call. */
  heard(): void {
    this.#heard = true
  }

  stop(): void {
    this.#timer?.clear()
    this.#timer = undefined
  }

  #arm(): void {
    this.#timer = clock().after(this.#interval, () => this.#tick())
  }

  #tick(): void {
    if (this.#heard) {
      this.#heard = false
      this.#unanswered = 0
    } else if (this.#unanswered >= this.#count) {
      this.stop()
      this.#road.lost(this.#interval * this.#unanswered)
      return
    } else {
      this.#unanswered += 1
      this.#road.ask()
    }
    this.#arm()
  }
}

const INTERVAL = 15_000
const COUNT = 3
