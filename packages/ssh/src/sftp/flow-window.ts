/*
 * How many bytes may be on the road at once: as many as the road holds, by what was measured of it, and some more. Too few
 * leave it empty while answers travel, and too many only wait in the buffers of the other side. Knows no I/O.
 */

import { clock } from '@net/core/authoring'

/** The windows of all that is read on one connection, whose road they share. */
export class FlowWindows {
  readonly #open = new Set<FlowWindow>()

  /** One more; `trip` is how long a question and its answer take at best, in milliseconds. To be closed when it is over. */
  open(trip: () => number): FlowWindow {
    const window: FlowWindow = new FlowWindow(trip, this)
    this.#open.add(window)
    window.size = this.share
    return window
  }

  /** It is over, and leaves its share to the others. */
  close(window: FlowWindow): void {
    this.#open.delete(window)
  }

  /** What each may have under way on a road without length. */
  get share(): number {
    return Math.max(LEAST, ALL / Math.max(1, this.#open.size))
  }
}

/** The window of one transfer. It grows while that makes the transfer faster. */
export class FlowWindow {
  /** How many bytes may be under way. */
  size: number = ALL
  readonly #all: FlowWindows
  readonly #trip: () => number
  #rate = 0
  #since = clock().now()
  #moved = 0

  constructor(trip: () => number, all: FlowWindows) {
    this.#trip = trip
    this.#all = all
  }

  /** So many bytes have arrived. */
  moved(bytes: number): void {
    this.#moved += bytes
    const trip = this.#trip()
    const elapsed = clock().now() - this.#since
    // One round of the window, and not so short that the clock's own steps count.
    if (elapsed < Math.max(trip, SHORTEST) || this.#moved < this.size) return
    this.#rate = Math.max(this.#moved / elapsed, this.#rate * FADING)
    this.#since += elapsed
    this.#moved = 0
    this.size = Math.min(MOST, this.#all.share + 2 * this.#rate * trip)
  }
}

const ALL = 4 * 1024 * 1024
const LEAST = 1024 * 1024
const MOST = 48 * 1024 * 1024
/** In milliseconds. */
const SHORTEST = 5
const FADING = 0.9
