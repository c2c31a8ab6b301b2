/*
 * How much the server may send on a channel before it must hear from us again. Where the reader keeps up, the window is wider each
 * time, so that the server need not wait for our word: over a long road, or where the machine has other things to do. Pure; it
 * must not know ssh2.
 */

/** The window of one channel. */
export class ChannelWindow {
  #size = FIRST_WINDOW

  /**
   * So many bytes came and were taken at once, after which `left` of the window are left, and `granted` were added to it meanwhile.
   * Returns how much more may be granted now.
   */
  arrived(length: number, { left, granted, isFar }: Arrival): number {
    // A full packet has more behind it.
    if (isFar && length >= FULL) this.#size = LARGEST_WINDOW
    const room = left + granted
    if (room > this.#size / 2) return 0
    this.#size = Math.min(this.#size * 2, LARGEST_WINDOW)
    return this.#size - room
  }
}

/** What is known when data came. */
export interface Arrival {
  readonly left: number
  readonly granted: number
  /** Whether the server is known to be far away. */
  readonly isFar: boolean
}

/** ssh2's own constant: what it announces to the peer, and counts by. */
export const FIRST_WINDOW: number = 2 * 1024 * 1024
// So much may wait for a reader that stops.
const LARGEST_WINDOW = 16 * 1024 * 1024
const FULL = 16 * 1024
