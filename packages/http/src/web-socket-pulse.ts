/*
 * Whether the peer of a WebSocket is still there: after a silence it is asked for a sign, and has a limit to give one. Any byte
 * is a sign; while our own reader makes the peer wait, silence says nothing.
 */

import { setImmediate as turn } from 'node:timers/promises'

import { clock, type Timer } from '@net/core/authoring'

/** What the pulse is taken of. */
export interface PulsedPeer {
  /** How many bytes have come in all. */
  readonly heard: number
  /** Whether the peer has to wait for our reader. */
  readonly isHeld: boolean
  /** Sends a ping; resolves when the system has it. */
  ask(): Promise<void>
  /** It gave no sign within the limit. */
  silent(limit: number): void
}

/** Takes the pulse of one peer, until it is stopped. */
export class Pulse {
  readonly #peer: PulsedPeer
  readonly #interval: number
  readonly #limit: number
  #timer: Timer | undefined
  #stopped = false

  constructor(
    peer: PulsedPeer,
    { interval, timeout }: { readonly interval: number; readonly timeout: number },
  ) {
    this.#peer = peer
    this.#interval = interval
    this.#limit = timeout
    this.#rest()
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.clear()
  }

  #rest(): void {
    const { heard } = this.#peer
    this.#after(this.#interval, async () => {
      if (this.#peer.heard !== heard || this.#peer.isHeld) return this.#rest()
      // Not before the ping has left: it may wait behind what we send.
      await this.#peer.ask()
      return this.#listen(heard)
    })
  }

  #listen(heard: number): void {
    this.#after(this.#limit, async () => {
      // What the system has already, behind a loop that was busy, is a sign as well.
      await turn()
      await turn()
      if (this.#peer.heard !== heard || this.#peer.isHeld) this.#rest()
      else this.#peer.silent(this.#limit)
    })
  }

  #after(delay: number, then: () => Promise<void>): void {
    if (this.#stopped) return
    this.#timer = clock().after(delay, () => {
      // A connection that is lost tells so itself.
      if (!this.#stopped) then().catch(() => {})
    })
  }
}
