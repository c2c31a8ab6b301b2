/*
 * How many bytes may be on the road at once: as many as the road holds, by what was measured of it, and some more. Too few
 * leave it empty while answers travel, and too many only wait in the buffers of the other side. Knows no I/O.
 */

import { clock } from '@net/core/authoring'

/** The window of one transfer. It grows while that makes the transfer faster. */
export class FlowWindow {
  /** How many bytes may be under way. */
  size: number = LEAST
  readonly #trip: () => number
  #rate = 0
  #since = clock().now()
  #moved = 0

  /** `trip` is how long a question and its answer take at best, in milliseconds. */
  constructor(trip: () => number) {
    this.#trip = trip
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
    this.size = Math.min(MOST, Math.max(LEAST, LEAST + 2 * this.#rate * trip))
  }
}

const LEAST = 4 * 1024 * 1024
const MOST = 48 * 1024 * 1024
/** In milliseconds. */
const SHORTEST = 5
const FADING = 0.9
