/* The pools of connections as their events tell of them: how many there are, how many work, how many calls wait. */

import type { PoolEvent } from '@net/core'

/** A pool as it stands. */
export interface PoolState {
  readonly protocol: string
  readonly client: number | undefined
  readonly endpoint: string
  readonly size: number
  readonly busy: number
  readonly waiting: number
  /** Since the page listens. */
  readonly created: number
  readonly destroyed: number
  readonly acquired: number
  /** When the last event came, in milliseconds of the process's monotonic clock. */
  readonly time: number
}

/** The pools that were heard of last. */
export class Pools {
  readonly #pools = new Map<string, KnownPool>()
  /** The pool of the last event, whose next event often follows. */
  #last: KnownPool | undefined

  /** Takes an event in. */
  take(event: PoolEvent): void {
    const pool = this.#poolOf(event)
    pool.size = event.size
    pool.busy = event.busy
    pool.waiting = event.waiting
    pool.time = event.time
    if (event.action === 'acquire') pool.acquired++
    else if (event.action === 'create') pool.created++
    else if (event.action === 'destroy') pool.destroyed++
  }

  /** All of them, in the order in which they were first heard of. */
  list(): readonly PoolState[] {
    return [...this.#pools.values()]
  }

  #poolOf({ client, protocol, endpoint = '' }: PoolEvent): KnownPool {
    const last = this.#last
    const isSame = last?.client === client && last?.endpoint === endpoint
    if (last !== undefined && isSame && last.protocol === protocol) return last
    const key = `${client ?? ''} ${protocol} ${endpoint}`
    const known = this.#pools.get(key)
    if (known !== undefined) {
      this.#last = known
      return known
    }
    const counts = { size: 0, busy: 0, waiting: 0, created: 0, destroyed: 0, acquired: 0, time: 0 }
    const pool = { protocol, client, endpoint, ...counts }
    this.#pools.set(key, pool)
    this.#makeRoom(pool)
    return pool
  }

  /** A pool without connections goes first, else the oldest. */
  #makeRoom(added: KnownPool): void {
    if (this.#pools.size <= MOST) return
    this.#last = undefined
    const entries = this.#pools.entries()
    const empty = entries.find(([, pool]) => pool.size === 0 && pool !== added)?.[0]
    const key = empty ?? this.#pools.keys().next().value
    if (key !== undefined) this.#pools.delete(key)
  }
}

type KnownPool = { -readonly [K in keyof PoolState]: PoolState[K] }

const MOST = 500
