/*
 * The connections of one client, pooled by origin: so many at once, the rest wait in line. A call that may connect
 * does so within its own operation, so that its limits and its signal apply. A connection that carries several exchanges
 * serves all calls to its origin; a call that would have to connect waits until it is known whether there is one. It must
 * not know requests.
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

import type { ConnectionEvents, HttpConnection, SharedConnection } from './connection.ts'

/** For whom a connection is wanted. */
export interface Lessee {
  readonly op: Operation
  /** The verb, for events. */
  readonly operation: string
  /** Whether a connection that was used before will not do. */
  readonly fresh?: boolean
  /** Whether it must be one that was made without the client's certificate. */
  readonly bare?: boolean
  /** Whether a connection may turn out to carry several exchanges; the same for all calls to an origin. */
  readonly mayShare?: boolean
  /** Makes a connection, if it comes to that. */
  readonly connect: (events: ConnectionEvents) => Promise<HttpConnection | SharedConnection>
}

/** All connections of a client. */
export class Connections {
  readonly #limit: number
  readonly #client: ClientContext
  readonly #pools = new Map<string, OriginPool>()

  /** `limit` is how many connections one origin may have. */
  constructor(limit: number, client: ClientContext) {
    this.#limit = limit
    this.#client = client
  }

  /** A connection, or a lane of one, that no other call uses. Rejects with `NET_TIMEOUT_POOL` if none becomes free. */
  lease(origin: string, lessee: Lessee): HttpConnection | Promise<HttpConnection> {
    const key = lessee.bare === true ? `${origin} bare` : origin
    let pool = this.#pools.get(key)
    if (pool === undefined) {
      pool = new OriginPool({
        endpoint: origin.replace(/^https?:\/\//, ''),
        limit: this.#limit,
        client: this.#client,
        mayShare: lessee.mayShare === true,
        emptied: () => this.#pools.delete(key),
      })
      this.#pools.set(key, pool)
    }
    return pool.lease(lessee)
  }

  /** Closes unused connections. */
  closeIdle(): void {
    for (const pool of this.#pools.values()) pool.closeIdle()
  }
}

/** The call that made a connection, for events. */
interface Maker {
  readonly id: number
  readonly operation: string
}

/** Undefined: leave to connect. */
type Grant = HttpConnection | undefined

interface PoolParts {
  /** For events: host, and the port unless it is the scheme's. */
  readonly endpoint: string
  readonly limit: number
  readonly client: ClientContext
  readonly mayShare: boolean
  readonly emptied: () => void
}

class OriginPool {
  readonly #parts: PoolParts
  readonly #idle: HttpConnection[] = []
  readonly #shared = new Set<SharedConnection>()
  /** Who waits, in the order in which they came, and whether it must be a connection that was not used before. */
  readonly #waiting = new Map<(grant: Grant) => void, boolean>()
  /** Whether calls wait for a connection to share rather than connect. */
  #sharing: boolean
  #size = 0
  #connecting = 0

  constructor(parts: PoolParts) {
    this.#parts = parts
    this.#sharing = parts.mayShare
  }

  lease(lessee: Lessee): HttpConnection | Promise<HttpConnection> {
    const fresh = lessee.fresh === true
    if (fresh) this.#makeRoom()
    const ready = this.#readyFor(fresh)
    if (ready !== undefined) {
      this.#tell('acquire', lessee)
      return ready
    }
    if (this.#size >= this.#parts.limit || (!fresh && this.#awaitsShared()))
      return this.#wait(lessee)
    this.#reserve()
    return this.#connect(lessee)
  }

  closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy()
    for (const connection of this.#shared) if (connection.busy === 0) connection.destroy()
  }

  /** What can be had without connecting: the one used last is the least likely to have been closed by the peer meanwhile. */
  #ready(): HttpConnection | undefined {
    const idle = this.#idle.pop()
    return idle ?? this.#lane()
  }

  /** A fresh connection, if there is room for one; else a lane: shared connections are gone as soon as they are lost. */
  #readyFor(fresh: boolean): HttpConnection | undefined {
    if (!fresh) return this.#ready()
    return this.#size < this.#parts.limit ? undefined : this.#lane()
  }

  #lane(): HttpConnection | undefined {
    for (const connection of this.#shared) {
      const lane = connection.lane()
      if (lane !== undefined) return lane
    }
    return undefined
  }

  /** Whether there is, or may soon be, a connection that one more call can share. */
  #awaitsShared(): boolean {
    if (!this.#sharing) return false
    return this.#connecting > 0 || [...this.#shared].some(({ open }) => open)
  }

  #makeRoom(): void {
    if (this.#size < this.#parts.limit) return
    const unused = this.#idle.shift() ?? [...this.#shared].find(({ busy }) => busy === 0)
    unused?.destroy()
  }

  #reserve(): void {
    this.#size += 1
    this.#connecting += 1
  }

  async #connect(lessee: Lessee): Promise<HttpConnection> {
    // Not the lessee itself: a connection outlives the call that made it, and must not keep all of it.
    const { op, operation } = lessee
    const maker = { id: op.id, operation }
    try {
      const connection = await lessee.connect({
        free: (freed) => this.#free(freed, maker),
        gone: (lost) => this.#gone(lost, maker),
      })
      this.#tell('create', maker)
      return this.#connected(connection)
    } catch (error) {
      this.#connecting -= 1
      // Who waits for this one connects on its own, each within its own limits.
      this.#sharing = false
      this.#leave()
      throw error
    }
  }

  #connected(connection: HttpConnection | SharedConnection): HttpConnection {
    if (!('lane' in connection)) {
      this.#settle(false)
      return connection
    }
    const lane = connection.lane()
    if (lane === undefined) {
      connection.destroy()
      throw netError('NET_CONN_SHUTDOWN', {
        message: 'the server does not accept requests',
        retry: 'safe',
      })
    }
    this.#shared.add(connection)
    this.#settle(true)
    return lane
  }

  #settle(sharing: boolean): void {
    this.#connecting -= 1
    this.#sharing = sharing
    this.#serve()
  }

  async #wait(lessee: Lessee): Promise<HttpConnection> {
    const { promise, resolve, reject } = Promise.withResolvers<Grant>()
    const giveUp = (error: NetError): void => {
      // At once, so that a call that has left is not granted a connection.
      this.#waiting.delete(resolve)
      reject(error)
    }
    const limit = lessee.op.limits.pool
    const message = `no connection became free within ${limit} ms`
    const timer =
      limit === Infinity
        ? undefined
        : clock().after(limit, () => giveUp(netError(timeoutCodes.pool, { message, limit })))
    this.#waiting.set(resolve, lessee.fresh === true)
    // Behind that: it is called at once where the call was stopped while its body was being opened.
    const forget = lessee.op.onAbort(giveUp)
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

  #free(connection: HttpConnection | SharedConnection, maker: Maker): void {
    if (!('lane' in connection)) this.#idle.push(connection)
    this.#serve()
    this.#tell('release', maker)
  }

  #gone(connection: HttpConnection | SharedConnection, maker: Maker): void {
    if ('lane' in connection) {
      // One that broke while it was made is not counted twice.
      if (!this.#shared.delete(connection)) return
    } else {
      const at = this.#idle.indexOf(connection)
      if (at >= 0) this.#idle.splice(at, 1)
    }
    this.#leave()
    this.#tell('destroy', maker)
  }

  /** A place became free: the call that waits longest may connect. */
  #leave(): void {
    this.#size -= 1
    this.#serve()
    if (this.#size === 0) this.#parts.emptied()
  }

  /** Gives those who wait what there is, in the order in which they came. */
  #serve(): void {
    for (const [next, fresh] of this.#waiting) {
      const ready = this.#readyFor(fresh)
      if (ready === undefined) {
        if (fresh) this.#makeRoom()
        // To make room serves them too.
        if (!this.#waiting.has(next)) continue
        if (this.#size >= this.#parts.limit || (!fresh && this.#awaitsShared())) return
        this.#reserve()
      }
      this.#waiting.delete(next)
      next(ready)
    }
  }

  #tell(action: 'create' | 'acquire' | 'wait' | 'release' | 'destroy', who: Lessee | Maker): void {
    const { log, id: client } = this.#parts.client
    if (!isHeard('pool', log)) return
    tell(
      {
        type: 'pool',
        version: 1,
        id: 'op' in who ? who.op.id : who.id,
        client,
        protocol: 'http',
        operation: who.operation,
        time: clock().now(),
        endpoint: this.#parts.endpoint,
        action,
        size: this.#size,
        busy: this.#size - this.#unused(),
        waiting: this.#waiting.size,
      },
      log,
    )
  }

  #unused(): number {
    return this.#idle.length + [...this.#shared].filter(({ busy }) => busy === 0).length
  }
}
