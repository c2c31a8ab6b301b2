/*
 * The connections of one client, pooled by origin: so many at once, the rest wait in line. Who gets leave to connect
 * does so within its own call, so that its limits and its signal apply. Knows nothing of requests.
 */

import type { NetError } from '@net/core'
import {
  clock,
  isHeard,
  netError,
  tell,
  timeoutCodes,
  type ClientContext,
  type Operation,
} from '@net/core/authoring'

import type { ConnectionEvents, HttpConnection } from './connection.ts'

/** For whom a connection is wanted. */
export interface Lessee {
  readonly op: Operation
  /** The verb, for events. */
  readonly operation: string
  /** Whether a connection that was used before will not do. */
  readonly fresh?: boolean
  /** Makes a connection, if it comes to that. */
  readonly connect: (events: ConnectionEvents) => Promise<HttpConnection>
}

/** All connections of a client. */
export class Connections {
  readonly #limit: number
  readonly #client: ClientContext
  readonly #origins = new Map<string, OriginPool>()

  /** `limit` is how many connections one origin may have. */
  constructor(limit: number, client: ClientContext) {
    this.#limit = limit
    this.#client = client
  }

  /** A connection that nobody else uses. Rejects with `NET_TIMEOUT_POOL` if none becomes free. */
  lease(origin: string, lessee: Lessee): HttpConnection | Promise<HttpConnection> {
    let pool = this.#origins.get(origin)
    if (pool === undefined) {
      pool = new OriginPool(this.#limit, this.#client, () => this.#origins.delete(origin))
      this.#origins.set(origin, pool)
    }
    return pool.lease(lessee)
  }

  /** Closes what nobody uses. */
  closeIdle(): void {
    for (const pool of this.#origins.values()) pool.closeIdle()
  }
}

type Grant = HttpConnection | undefined

class OriginPool {
  readonly #limit: number
  readonly #client: ClientContext
  readonly #emptied: () => void
  readonly #idle: HttpConnection[] = []
  readonly #waiting = new Set<(grant: Grant) => void>()
  #size = 0

  constructor(limit: number, client: ClientContext, emptied: () => void) {
    this.#limit = limit
    this.#client = client
    this.#emptied = emptied
  }

  lease(lessee: Lessee): HttpConnection | Promise<HttpConnection> {
    if (lessee.fresh === true) this.#makeRoom()
    // The one used last is the least likely to have been closed by the peer meanwhile.
    const idle = lessee.fresh === true ? undefined : this.#idle.pop()
    if (idle !== undefined) {
      this.#tell('acquire', lessee)
      return idle
    }
    if (this.#size >= this.#limit) return this.#wait(lessee)
    this.#size += 1
    return this.#connect(lessee)
  }

  closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy()
  }

  #makeRoom(): void {
    if (this.#size >= this.#limit) this.#idle.shift()?.destroy()
  }

  async #connect(lessee: Lessee): Promise<HttpConnection> {
    try {
      const connection = await lessee.connect({
        free: (freed) => this.#free(freed, lessee),
        gone: (lost) => this.#gone(lost, lessee),
      })
      this.#tell('create', lessee)
      return connection
    } catch (error) {
      this.#leave()
      throw error
    }
  }

  async #wait(lessee: Lessee): Promise<HttpConnection> {
    const { promise, resolve, reject } = Promise.withResolvers<Grant>()
    const giveUp = (error: NetError): void => {
      // At once, so that nothing is granted to somebody who has left.
      this.#waiting.delete(resolve)
      reject(error)
    }
    const limit = lessee.op.limits.pool
    const message = `no connection became free within ${limit} ms`
    const timer =
      limit === Infinity
        ? undefined
        : clock().after(limit, () => giveUp(netError(timeoutCodes.pool, { message, limit })))
    const forget = lessee.op.onAbort(giveUp)
    this.#waiting.add(resolve)
    this.#tell('wait', lessee)
    try {
      const granted = await promise
      if (granted === undefined) return await this.#connect(lessee)
      this.#tell('acquire', lessee)
      return granted
    } finally {
      timer?.clear()
      forget()
    }
  }

  #free(connection: HttpConnection, lessee: Lessee): void {
    if (!this.#grant(connection)) this.#idle.push(connection)
    this.#tell('release', lessee)
  }

  #gone(connection: HttpConnection, lessee: Lessee): void {
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    this.#leave()
    this.#tell('destroy', lessee)
  }

  /** A place became free: whoever waits longest may connect. */
  #leave(): void {
    if (this.#grant(undefined)) return
    this.#size -= 1
    if (this.#size === 0) this.#emptied()
  }

  #grant(grant: Grant): boolean {
    const [next] = this.#waiting
    if (next === undefined) return false
    this.#waiting.delete(next)
    next(grant)
    return true
  }

  #tell(action: 'create' | 'acquire' | 'wait' | 'release' | 'destroy', lessee: Lessee): void {
    const { log, id: client } = this.#client
    if (!isHeard('pool', log)) return
    tell(
      {
        type: 'pool',
        version: 1,
        id: lessee.op.id,
        client,
        protocol: 'http',
        operation: lessee.operation,
        time: clock().now(),
        action,
        size: this.#size,
        busy: this.#size - this.#idle.length,
        waiting: this.#waiting.size,
      },
      log,
    )
  }
}
