/*
 * How much the server may send on a channel before it must hear from us again. Over a long road the window is used up before the
 * answer is there, and the server waits: then it grows. Pure; it must not know ssh2.
 */

/** The window of one channel. */
export class ChannelWindow {
  #size = FIRST_WINDOW
  /** How much of the window that the server had before our last word is still to come. */
  #before = 0
  #isUsedUp = false
  #last = 0

  /**
   * So many bytes came, after which `left` of the window are left, and `granted` were added to it meanwhile. Returns how much
   * more may be granted now.
   */
  arrived(length: number, { left, granted, now, isFar }: Arrival): number {
    // A full packet has more behind it.
    if (isFar && length >= FULL) this.#size = LARGEST_WINDOW
    // It had sent all that it might, and our word was still on its way.
    if (this.#isUsedUp && now - this.#last > PAUSE) {
      this.#size = Math.min(this.#size * GROWTH, LARGEST_WINDOW)
    }
    this.#last = now
    this.#before -= length
    this.#isUsedUp = this.#before === 0
    const room = left + granted
    const more = room > this.#size / 2 ? 0 : this.#size - room
    if (granted + more > 0) this.#before = left
    return more
  }
}

/** What is known when data came. */
export interface Arrival {
  readonly left: number
  readonly granted: number
  /** Milliseconds. */
  readonly now: number
  /** Whether the server is known to be far away. */
  readonly isFar: boolean
}

/** ssh2's own constant: what it announces to the peer, and counts by. */
export const FIRST_WINDOW: number = 2 * 1024 * 1024
// One that grows slowly is used up a few times more.
const GROWTH = 4
// So much may wait for a reader that stops.
const LARGEST_WINDOW = 16 * 1024 * 1024
const FULL = 16 * 1024
// Data that is on its way comes without one.
const PAUSE = 2
