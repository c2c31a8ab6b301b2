/* When a connection needs new keys: after so many bytes, or so much time. Knows nothing of the wire. */

import { clock, type Timer } from '@net/core/authoring'

/** When new keys are agreed on. */
export interface RekeyOptions {
  /** After so many bytes in both directions; default 1 GiB (RFC 4253, section 9), `Infinity` for never. */
  readonly bytes?: number | undefined
  /** After so many milliseconds; default one hour, `Infinity` for never. */
  readonly time?: number | undefined
}

/** Watches over one connection until it is stopped. */
export class RekeyWatch {
  readonly #bytes: number
  readonly #time: number
  readonly #exchange: () => void
  #timer: Timer | undefined
  #moved = 0

  /** `exchange` is called whenever new keys are needed. */
  constructor({ bytes = BYTES, time = TIME }: RekeyOptions, exchange: () => void) {
    this.#bytes = bytes
    this.#time = time
    this.#exchange = exchange
    this.#arm()
  }

  /** So many bytes have gone one way or the other. */
  moved(bytes: number): void {
    this.#moved += bytes
    if (this.#moved >= this.#bytes) this.#now()
  }

  /** New keys were agreed on; either side may have asked. */
  done(): void {
    this.#moved = 0
    this.#timer?.clear()
    this.#arm()
  }

  stop(): void {
    this.#timer?.clear()
    this.#timer = undefined
  }

  #now(): void {
    this.done()
    this.#exchange()
  }

  #arm(): void {
    if (this.#time !== Infinity) this.#timer = clock().after(this.#time, () => this.#now())
  }
}

const BYTES = 2 ** 30
const TIME = 3_600_000
