/*
 * The connections of one client, pooled by origin: so many at once, the rest wait in line. A call that may connect
 * does so within its own operation, so that its limits and its signal apply. A connection that carries several exchanges
 * serves all calls to its origin; a call that would have to connect waits until it is known whether there is one. A connection
 * whose answer waits for the program to read it takes no place: the program may read it last. It must not know requests.
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
  type Timer,
} from '@net/core/authoring'

import type { ConnectionEvents, HttpConnection, SharedConnection } from './connection.ts'
import {
  limitsOf,
  SharedLimits,
  type ConnectionLimits,
  type LimitedPool,
} from './connection-limits.ts'
import type { Grant, Maker, PoolParts, Wait } from './pool-parts.ts'

/** For whom a connection is wanted. */
export interface Lessee {
  readonly op: Operation
  /** The verb, for events. */
  readonly operation: string
  /** Whether a connection that was used before will not do. */
  readonly fresh?: boolean
  /** What tells it apart from others to the origin, such as its TLS; default ''. */
  readonly variant?: string
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
  readonly #shared: SharedLimits

  /** A number is how many connections one origin may have at work; those that only the program can free do not count. */
  constructor(limits: number | ConnectionLimits | undefined, client: ClientContext) {
    const taken = limitsOf(limits)
    this.#limit = taken.perOrigin ?? PER_ORIGIN
    this.#client = client
    this.#shared = new SharedLimits(taken, () => this.#pools.values())
  }

  /** A connection, or a lane of one, that no other call uses. Rejects with `NET_TIMEOUT_POOL` if none becomes free. */
  lease(origin: string, lessee: Lessee): HttpConnection | Promise<HttpConnection> {
    const { variant = '' } = lessee
    const key = variant === '' ? origin : `${origin} ${variant}`
    let pool = this.#pools.get(key)
    if (pool === undefined) {
      pool = new OriginPool({
        endpoint: origin.replace(/^https?:\/\//, ''),
        limit: this.#limit,
        shared: this.#shared,
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

class OriginPool implements LimitedPool {
  readonly #parts: PoolParts
  readonly #idle: HttpConnection[] = []
  readonly #shared = new Set<SharedConnection>()
  /** Who waits, in the order in which they came. */
  readonly #waiting = new Map<(grant: Grant) => void, Wait>()
  /** Whether calls wait for a connection to share rather than connect. */
  #sharing: boolean
  /** All that were made and have not gone. */
  readonly #made = new Set<HttpConnection | SharedConnection>()
  #size = 0
  #connecting = 0
  /** How many connections were held by the program when last looked at; at least so many, less those that have gone. */
  #held = 0
  /** While calls wait: not every connection says when it comes to be held. */
  #look: Timer | undefined

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
    this.#parts.shared.makeRoom()
    if (this.#isFull() && this.#look === undefined) this.#countHeld()
    if (this.#isFull() || (!fresh && this.#awaitsShared())) return this.#wait(lessee)
    this.#reserve()
    return this.#connect(lessee)
  }

  get atWork(): number {
    return this.#size - this.#held
  }

  get unused(): number {
    return this.#idle.length + [...this.#shared].filter(({ busy }) => busy === 0).length
  }

  get waitingSince(): number {
    for (const { since } of this.#waiting.values()) return since
    return Infinity
  }

  closeUnused(): boolean {
    const unused = this.#idle.shift() ?? [...this.#shared].find(({ busy }) => busy === 0)
    unused?.destroy()
    return unused !== undefined
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
    return this.#isFull() ? this.#lane() : undefined
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
    return this.#connecting > 0 || [...this.#shared].some(({ open, isHeld }) => open && !isHeld)
  }

  #isFull(): boolean {
    const { limit, shared } = this.#parts
    return this.atWork >= limit || this.#size >= limit * MOST_TIMES || shared.isReached
  }

  #countHeld(): void {
    this.#held = 0
    for (const { isHeld } of this.#made) if (isHeld) this.#held += 1
  }

  /** Calls that wait for connections that the program holds would wait for ever. */
  #watch(): void {
    this.#look ??= clock().after(LOOK, () => {
      this.#look = undefined
      this.#lookAgain()
      if (this.#waiting.size > 0) this.#watch()
    })
  }

  #lookAgain(): void {
    if (this.#waiting.size === 0) return
    this.#countHeld()
    this.serve()
  }

  #unwatch(): void {
    if (this.#waiting.size > 0) return
    this.#look?.clear()
    this.#look = undefined
  }

  #makeRoom(): void {
    if (this.#isFull()) this.closeUnused()
  }

  #reserve(): void {
    this.#size += 1
    this.#connecting += 1
  }

  async #connect(lessee: Lessee): Promise<HttpConnection> {
    // Not the lessee itself: a connection outlives the call that made it, and must not keep all of it.
    const { op, operation } = lessee
    const maker = { id: op.id, operation }
    let isGone = false
    try {
      const connection = await lessee.connect({
        free: (freed) => this.#free(freed, maker),
        held: () => this.#lookAgain(),
        gone: (lost) => {
          isGone = true
          this.#gone(lost, maker)
        },
      })
      if (!isGone) this.#made.add(connection)
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
    this.serve()
  }

  async #wait(lessee: Lessee): Promise<HttpConnection> {
    const { promise, resolve, reject } = Promise.withResolvers<Grant>()
    const giveUp = (error: NetError): void => {
      // At once, so that a call that has left is not granted a connection.
      this.#waiting.delete(resolve)
      reject(error)
    }
    const limit = lessee.op.limits.pool
    const timer =
      limit === Infinity ? undefined : clock().after(limit, () => giveUp(this.#tooLate(limit)))
    this.#waiting.set(resolve, { fresh: lessee.fresh === true, since: waits++ })
    // Behind that: it is called at once where the call was stopped while its body was being opened.
    const forget = lessee.op.onAbort(giveUp)
    this.#tell('wait', lessee)
    this.#watch()
    try {
      const granted = await promise
      if (granted === undefined) return await this.#connect(lessee)
      this.#tell('acquire', lessee)
      return granted
    } finally {
      timer?.clear()
      forget()
      this.#unwatch()
      this.#forgetIfEmpty()
    }
  }

  #tooLate(limit: number): NetError {
    this.#countHeld()
    const held =
      this.#held === 0
        ? ''
        : `; ${this.#held} are held by answers that the program has not read: read them, or dispose of them`
    const message = `no connection became free within ${limit} ms${held}`
    return netError(timeoutCodes.pool, { message, limit })
  }

  #free(connection: HttpConnection | SharedConnection, maker: Maker): void {
    const { shared, limit } = this.#parts
    if (!('lane' in connection)) this.#idle.push(connection)
    if (shared.isOwed(this)) this.closeUnused()
    else this.serve()
    this.#tell('release', maker)
    if (this.#size > limit) this.#trim()
    shared.trim(this)
  }

  /** Connections that were made beside held ones are too many once those are free. */
  #trim(): void {
    this.#countHeld()
    if (this.#size - this.#held > this.#parts.limit) this.closeUnused()
  }

  #gone(connection: HttpConnection | SharedConnection, maker: Maker): void {
    this.#made.delete(connection)
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
    if (this.#held > 0) this.#held -= 1
    this.#parts.shared.freed()
    this.serve()
    this.#forgetIfEmpty()
  }

  #forgetIfEmpty(): void {
    if (this.#size === 0 && this.#waiting.size === 0) this.#parts.emptied()
  }

  /** Gives those who wait what there is, in the order in which they came. */
  serve(): void {
    for (const [next, { fresh }] of this.#waiting) {
      const ready = this.#readyFor(fresh)
      if (ready === undefined) {
        if (fresh) this.#makeRoom()
        // To make room serves them too.
        if (!this.#waiting.has(next)) continue
        if (this.#isFull() || (!fresh && this.#awaitsShared())) return
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
        busy: this.#size - this.unused,
        waiting: this.#waiting.size,
      },
      log,
    )
  }
}

/** How often the connections are looked at while calls wait, in milliseconds. */
const LOOK = 100
/** With those that the program holds, so many times as many connections as may be at work. */
const MOST_TIMES = 16
const PER_ORIGIN = 64
let waits = 0
