/*
 * Which calls may ask the server for one more session on a connection: all at once, or as many as a server has shown that it
 * bears. It must not know what runs.
 */

import { WaitList, type WaitingCall } from '@net/core/authoring'

import type { PendingWaits } from './pending-waits.ts'

/** Gives a place back; once, however often it is called. */
export type ChannelPlace = () => void

/** The places of one connection. */
export class SessionPlaces {
  #most = Infinity
  #held = 0
  readonly #line = new WaitList<ChannelPlace>({
    what: 'earlier commands: the server runs no more of them at once on this connection, and none has ended',
    code: 'NET_TIMEOUT_POOL',
  })
  readonly #waits: PendingWaits
  /** Told when a call waits, each once. */
  readonly #spare = new Set<() => void>()
  #isFull = false

  constructor(waits: PendingWaits) {
    this.#waits = waits
    waits.whenLost((lost) => this.#line.failAll(lost))
  }

  /** Whether there is only one. */
  get single(): boolean {
    return this.#most === 1
  }

  /** From here on there are no more than so many sessions at once: the next one begins when one of them is over. */
  atMost(count: number): void {
    this.#most = Math.min(this.#most, Math.max(count, 1))
  }

  /**
   * Takes a place: what gives it back, at once where one is free. Rejects with `NET_TIMEOUT_POOL`, when `call` is stopped,
   * and when the connection goes.
   */
  take(call: WaitingCall): ChannelPlace | Promise<ChannelPlace> {
    if (this.#held < this.#most) return this.#give()
    const { lost } = this.#waits
    if (lost !== undefined) return Promise.reject(lost)
    const place = this.#line.waitFor(call, undefined)
    for (const wanted of this.#spare) wanted()
    this.#spare.clear()
    return place
  }

  /** The server has refused a session: from here on no place is to spare. */
  full(): void {
    this.#isFull = true
  }

  /**
   * Takes a place for something that calls can do without: `wanted` is called once if one waits, and the place is to be given
   * back then. Undefined where the server has shown that it does not bear every number of sessions.
   */
  spare(wanted: () => void): ChannelPlace | undefined {
    if (this.#isFull || this.#most !== Infinity) return undefined
    const place = this.#give()
    this.#spare.add(wanted)
    return () => {
      this.#spare.delete(wanted)
      place()
    }
  }

  #give(): ChannelPlace {
    this.#held += 1
    let given = false
    return () => {
      if (given) return
      given = true
      this.#held -= 1
      // Taken at once, so that a call that comes before the next turn of the loop is not served first.
      if (this.#held < this.#most) this.#line.shift()?.grant(this.#give())
    }
  }
}
