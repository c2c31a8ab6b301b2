/*
 * The sessions of one client: a call gets one that is free, or a new one where there may be more, or waits. A session that
 * was lost is replaced where the client says so. It must not know what the calls do.
 */

import { isNetError, type NetError } from '@net/core'
import { clock, WaitList, type Attempt, type Operation } from '@net/core/authoring'
import { endedBefore, type FramedSession } from '@net/socket/authoring'

import type { Dialog } from './dialog.ts'
import { NamesInUse } from './names-in-use.ts'
import { busy, type Session } from './session.ts'

/** How sessions are shared. */
export interface SessionsRules {
  /** How many there may be. */
  readonly most: number
  /** Whether one that was lost is replaced for the next call. */
  readonly replaces: boolean
  /** Opens another one. */
  readonly open: (op: Operation) => Promise<Session>
}

/** The sessions of a client. */
export class Sessions implements FramedSession {
  /** Settles once the client's sessions have ended for good; never rejects. */
  readonly closed: Promise<NetError | undefined>
  /** The temporary names to which the client is sending. */
  readonly names: NamesInUse = new NamesInUse()
  readonly #first: Session
  readonly #rules: SessionsRules
  readonly #all: Set<Session>
  readonly #lent = new Set<Session>()
  readonly #waiting = new WaitList<Session | undefined>({
    what: 'a session, of which all were busy',
    code: 'NET_TIMEOUT_POOL',
  })
  readonly #end: PromiseWithResolvers<NetError | undefined> = Promise.withResolvers()
  #opening = 0
  /** Until when the server has no room for another session, as far as we know. */
  #fullUntil = 0
  #isClosed = false
  #failure: NetError | undefined

  constructor(first: Session, rules: SessionsRules) {
    this.#first = first
    this.#rules = rules
    this.#all = new Set([first])
    this.closed = rules.replaces ? this.#end.promise : first.control.closed
    if (!rules.replaces) void first.control.closed.then((error) => this.#endAll(error))
  }

  get ended(): boolean {
    return this.#rules.replaces ? this.#isClosed : this.#first.ended
  }

  get usable(): boolean {
    return this.#rules.replaces ? !this.#isClosed : this.#first.usable
  }

  /** How many sessions there are. */
  get size(): number {
    return this.#all.size
  }

  /** Runs the work on one of the sessions. Rejects as `use` of a session does. */
  async use<T>(
    op: Operation,
    attempt: Attempt,
    work: (dialog: Dialog, session: Session) => Promise<T>,
  ): Promise<T> {
    const { most, replaces } = this.#rules
    const first = this.#first
    if (most === 1 && !replaces) return first.use(op, attempt, (dialog) => work(dialog, first))
    const session = await this.#take(op)
    try {
      return await session.use(op, attempt, (dialog) => work(dialog, session), this.#isAwaited)
    } finally {
      void session.control.idle().then(() => this.#free(session))
    }
  }

  /** Says goodbye on all of them. */
  async quit(op: Operation): Promise<void> {
    this.#isClosed = true
    this.#refuseWaiting()
    const sessions = [...this.#all].filter((session) => !session.ended)
    await Promise.all(sessions.map((session) => session.quit(op)))
    this.#end.resolve(undefined)
  }

  cut(error: NetError): void {
    this.#isClosed = true
    this.#refuseWaiting()
    for (const session of this.#all) session.cut(error)
    this.#end.resolve(undefined)
  }

  readonly #isAwaited = (): boolean => this.#waiting.size > 0

  async #take(op: Operation): Promise<Session> {
    for (;;) {
      if (this.#isClosed) throw endedBefore(this.#failure)
      for (const session of this.#all) if (session.ended) this.#all.delete(session)
      // One may have become free while the server thought about another one.
      const session =
        this.#idle(false) ?? (await this.#another(op)) ?? this.#idle(true) ?? (await this.#wait(op))
      if (session === undefined) continue
      this.#lent.add(session)
      return session
    }
  }

  /** One that is free; one that the caller changed only where there can be no other one. */
  #idle(orChanged: boolean): Session | undefined {
    const free = [...this.#all].filter((session) => !this.#lent.has(session) && !session.ended)
    return free.find(({ changed }) => !changed) ?? (orChanged ? free[0] : undefined)
  }

  /** A new session; undefined where there are enough, or the server has room for no more. */
  async #another(op: Operation): Promise<Session | undefined> {
    const hasOthers = this.#all.size + this.#opening > 0
    if (this.#all.size + this.#opening >= this.#rules.most) return undefined
    if (hasOthers && clock().now() < this.#fullUntil) return undefined
    this.#opening += 1
    try {
      const session = await this.#rules.open(op)
      if (this.#isClosed) {
        session.cut(endedBefore(undefined))
        throw endedBefore(undefined)
      }
      this.#all.add(session)
      this.#lent.add(session)
      return session
    } catch (error) {
      const isAlone = [...this.#all].every((session) => session.ended)
      if (isAlone || op.signal.aborted || !isFull(error)) throw error
      this.#fullUntil = clock().now() + FULL_FOR
      return undefined
    } finally {
      this.#opening -= 1
      // Who waits because of this one may try itself.
      if (this.#all.size === 0) this.#waiting.shift()?.grant(undefined)
    }
  }

  #wait(op: Operation): Promise<Session | undefined> {
    // They may all have ended while the server thought about another one.
    if (this.#isClosed) throw endedBefore(this.#failure)
    const all = [...this.#all]
    // Waiting for them could be waiting for oneself.
    if (all.length > 0 && all.every((session) => session.heldByCaller)) throw busy()
    return this.#waiting.waitFor(op, undefined)
  }

  #free(session: Session): void {
    this.#lent.delete(session)
    if (session.wornOut && this.#rules.replaces) session.cut(endedBefore(undefined))
    if (session.ended) this.#all.delete(session)
    const next = this.#waiting.shift()
    if (next === undefined) return this.#spare(session)
    if (!session.ended) this.#lent.add(session)
    next.grant(session.ended ? undefined : session)
  }

  /** Closes a session that is not in use while the server has no room for another one, so that other programs get its place. */
  #spare(session: Session): void {
    const isFull = clock().now() < this.#fullUntil
    if (!isFull || this.#all.size === 1 || session === this.#first) return
    this.#all.delete(session)
    void session.control.close()
  }

  #endAll(error: NetError | undefined): void {
    this.#isClosed = true
    this.#failure = error
    const reason = endedBefore(error)
    for (const session of this.#all) if (session !== this.#first) session.cut(reason)
    this.#refuseWaiting()
  }

  /** No session will be free again for those who wait for one. */
  #refuseWaiting(): void {
    this.#waiting.failAll(() => endedBefore(this.#failure))
  }
}

/** Whether the server has no room for another session: it says so, or does not even take the connection. */
function isFull(error: unknown): boolean {
  if (!isNetError(error)) return false
  return (
    error.code === 'NET_CONN_SHUTDOWN' ||
    error.code === 'NET_REPLY_TEMPORARY' ||
    error.code === 'NET_CONNECT_REFUSED' ||
    error.code === 'NET_CONN_CLOSED' ||
    error.code === 'NET_CONN_RESET'
  )
}

/** How long no further session is tried, in milliseconds. */
const FULL_FOR = 10_000
