/*
 * How many connections a client has, and what follows for pools of one origin each when they share a limit: unused
 * connections to one origin make room for those to another, and calls are served in the order in which they came.
 */

import { option, optionsObject, type Shape } from '@net/core/authoring'

/** How many connections a client has, and how long it keeps them. */
export interface ConnectionLimits {
  /**
   * How many to one origin may be at work. Default 64. One whose answer waits for the program to read it, which reads something
   * else, does not count; with these there are at most 16 times as many.
   */
  readonly perOrigin?: number | undefined
  /** How many to all origins may be at work. Default no limit. Calls beyond wait in line, for `timeout.pool`. */
  readonly total?: number | undefined
  /** How many unused ones are kept, of all origins; 0 for none. Default no limit. */
  readonly idle?: number | undefined
  /**
   * For how many milliseconds an unused one is kept; less if the server says less. Default 4,000, and what the server says where
   * it says it, at most 10 minutes.
   */
  readonly idleTime?: number | undefined
}

/** The option `connections`; a number is `perOrigin`. */
export const connectionsShape: Shape<number | ConnectionLimits> = option.either<
  number | ConnectionLimits
>(
  [
    option.count,
    optionsObject<ConnectionLimits>({
      perOrigin: option.count,
      total: option.count,
      idle: option.size,
      idleTime: option.limit,
    }),
  ],
  'a whole number above 0, or an object such as { total: 100 }',
)

/** The limits that the option means. */
export function limitsOf(given: number | ConnectionLimits = {}): ConnectionLimits {
  return typeof given === 'number' ? { perOrigin: given } : given
}

/** What limits of all origins need of the pool of one. */
export interface LimitedPool {
  /** How many connections count. */
  readonly atWork: number
  /** How many are unused. */
  readonly unused: number
  /** The number of the call that waits longest; `Infinity` if none waits. */
  readonly waitingSince: number
  /** Closes an unused connection; whether there was one. */
  closeUnused(): boolean
  /** Gives those who wait what there is. */
  serve(): void
}

/** The limits on all pools of a client. */
export class SharedLimits {
  readonly #total: number
  readonly #idle: number
  readonly #pools: () => Iterable<LimitedPool>
  #isServing = false

  constructor(
    { total = Infinity, idle = Infinity }: ConnectionLimits,
    pools: () => Iterable<LimitedPool>,
  ) {
    this.#total = total
    this.#idle = idle
    this.#pools = pools
  }

  /** Whether there may be no further connection. */
  get isReached(): boolean {
    if (this.#total === Infinity) return false
    let atWork = 0
    for (const pool of this.#pools()) atWork += pool.atWork
    return atWork >= this.#total
  }

  /** Closes an unused connection, so that there is room for another. */
  makeRoom(): void {
    if (!this.isReached) return
    for (const pool of this.#pools()) if (pool.closeUnused()) return
  }

  /** Whether a connection of this pool that comes free is to make room for a call to another origin, which waits longer. */
  isOwed(pool: LimitedPool): boolean {
    if (!this.isReached) return false
    const next = this.#next()
    return next !== undefined && next !== pool
  }

  /** There may be room: those who wait longest are served first. */
  freed(): void {
    if (this.#total === Infinity || this.#isServing) return
    this.#isServing = true
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        this.makeRoom()
        const since = next.waitingSince
        if (!this.isReached) next.serve()
        if (next.waitingSince === since) return
      }
    } finally {
      this.#isServing = false
    }
  }

  /** Closes what is more than is to be kept; `pool` has one more now. */
  trim(pool: LimitedPool): void {
    if (this.#idle === Infinity) return
    let unused = 0
    for (const each of this.#pools()) unused += each.unused
    if (unused > this.#idle) pool.closeUnused()
  }

  #next(): LimitedPool | undefined {
    let first: LimitedPool | undefined
    for (const pool of this.#pools()) {
      if (pool.waitingSince < (first?.waitingSince ?? Infinity)) first = pool
    }
    return first
  }
}
