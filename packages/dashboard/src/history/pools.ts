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
  readonly #pools = new Map<string, PoolState>()

  /** Takes an event in. */
  take(event: PoolEvent): void {
    const { protocol, client, endpoint = '', size, busy, waiting, action, time } = event
    const key = `${client ?? ''} ${protocol} ${endpoint}`
    const old = this.#pools.get(key)
    this.#pools.set(key, {
      protocol,
      client,
      endpoint,
      size,
      busy,
      waiting,
      created: (old?.created ?? 0) + Number(action === 'create'),
      destroyed: (old?.destroyed ?? 0) + Number(action === 'destroy'),
      acquired: (old?.acquired ?? 0) + Number(action === 'acquire'),
      time,
    })
    if (old === undefined) this.#makeRoom()
  }

  /** All of them, in the order in which they were first heard of. */
  list(): readonly PoolState[] {
    return [...this.#pools.values()]
  }

  /** A pool without connections goes first, else the oldest. */
  #makeRoom(): void {
    if (this.#pools.size <= MOST) return
    const empty = this.#pools.entries().find(([, { size }]) => size === 0)?.[0]
    const key = empty ?? this.#pools.keys().next().value
    if (key !== undefined) this.#pools.delete(key)
  }
}

const MOST = 500
