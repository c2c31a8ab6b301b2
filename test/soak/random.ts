// Chance that can be repeated: everything that a soak decides by lot comes from the seed that it prints.

/** A sequence of lots. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A sequence of its own, so that what one worker draws does not change what another gets. */
  fork(): Random {
    return new Random(this.below(MODULUS))
  }

  /** From 0 up to 1, without 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / MODULUS
  }

  /** A whole number from 0 up to the limit, without it. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0]
  }

  /** A size from 0 to the limit, small ones as likely as large ones of ten times the length. */
  size(limit: number): number {
    return Math.floor(Math.exp(this.next() * Math.log(limit + 1))) - 1
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    const start = this.below(251)
    const step = 1 + 2 * this.below(125)
    for (let index = 0; index < length; index++) bytes[index] = start + index * step + (index >> 8)
    return bytes
  }
}

const MODULUS = 4_294_967_296
