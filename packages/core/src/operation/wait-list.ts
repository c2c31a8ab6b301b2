/*
 * The one way in which calls wait in line, for a lock, a place, a pooled value or an item: first come, first served. A wait
 * ends once, by what it waited for, its signal or its limit, and all of that happens in one turn: a granted place is
 * never taken back, and an entry that has left is never granted. It must not know what calls wait for.
 */

import { onSignalAbort } from '../callbacks/signal-listeners.ts'
import { abortError } from '../errors/abort.ts'
import type { NetErrorCode } from '../errors/codes.ts'
import { isNetError, netError, type NetError } from '../errors/net-error.ts'
import { traceToCaller } from '../errors/trace.ts'
import { LinkedList, type Linked } from '../linked-list.ts'
import { own } from '../options/own.ts'
import { clock, type Timer } from '../time/clock.ts'
import type { Operation } from './operation-spec.ts'

/** What ends a wait early. */
export interface WaitLimits {
  readonly signal?: AbortSignal | undefined
  /** In milliseconds. */
  readonly timeout?: number | undefined
}

/** The operation that waits, as far as the line needs to know it. */
export interface WaitingCall extends Pick<Operation, 'onAbort'> {
  readonly limits: Pick<Operation['limits'], 'pool'>
}

/** One who waits. */
export interface Waiter<T, D> {
  /** What it brought along, such as the item that it wants to put. */
  readonly detail: D
  /** Ends its wait with the value. */
  grant(value: T): void
  /** Ends its wait with the error. */
  fail(error: Error): void
}

/** What a line needs to know of its primitive. */
export interface WaitListOptions<D> {
  /** The name of what calls wait for, for the message of a time limit: 'the mutex'. */
  readonly what: string
  /** The code of a time limit. Default NET_TIMEOUT_TOTAL. */
  readonly code?: NetErrorCode
  /** Called after an entry has left, by its limit or its signal. */
  readonly left?: (detail: D, by: 'limit' | 'signal') => void
}

/** A line of waits for a `T`, each with a detail. */
export class WaitList<T, D = undefined> {
  readonly #options: WaitListOptions<D>
  readonly #line = new LinkedList<Entry<T, D>>()

  constructor(options: WaitListOptions<D>) {
    this.#options = options
  }

  /** How many wait. */
  get size(): number {
    return this.#line.size
  }

  /** The one who has waited longest. */
  get first(): Waiter<T, D> | undefined {
    return this.#line.first
  }

  /** Joins the line. `waitRefusal` must have let the options through. */
  wait(detail: D, options: WaitLimits | undefined): Promise<T> {
    const ended = new Promise<T>((resolve, reject) => {
      const entry = new Entry(this, detail, resolve, reject)
      this.#line.add(entry)
      if (options !== undefined) entry.limit(options)
    })
    return options === undefined ? ended : traced(ended)
  }

  /** Joins the line for an operation: the wait ends when that is stopped, and by its `timeout.pool`. */
  waitFor(call: WaitingCall, detail: D): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const entry = new Entry(this, detail, resolve, reject)
      this.#line.add(entry)
      entry.follow(call)
    })
  }

  /** Takes the first out of the line; the wait must be ended then. */
  shift(): Waiter<T, D> | undefined {
    return this.#line.shift()
  }

  /** Ends every wait with the value. */
  grantAll(value: T): void {
    for (let next = this.shift(); next !== undefined; next = this.shift()) next.grant(value)
  }

  /** Ends every wait, or those whose detail the predicate holds for, with an error of its own. */
  failAll(error: () => Error, which?: (detail: D) => boolean): void {
    for (const entry of this.#line) {
      if (which !== undefined && !which(entry.detail)) continue
      if (this.#line.delete(entry)) entry.fail(error())
    }
  }

  /** For the entries alone: one leaves by its signal. */
  aborted(entry: Entry<T, D>, error: NetError): void {
    this.#leave(entry, error, 'signal')
  }

  /** For the entries alone: one leaves by its limit. */
  expired(entry: Entry<T, D>, limit: number): void {
    const { what, code = 'NET_TIMEOUT_TOTAL' } = this.#options
    const message = `waited ${limit} ms for ${what}`
    // A wait that came to nothing has done nothing.
    this.#leave(entry, netError(code, { message, limit, retry: 'safe' }), 'limit')
  }

  #leave(entry: Entry<T, D>, error: NetError, by: 'limit' | 'signal'): void {
    this.#line.delete(entry)
    entry.fail(error)
    this.#options.left?.(entry.detail, by)
  }
}

/** The wait, whose error names the line of the caller: a limit or a signal has ended it, far from there. */
async function traced<T>(wait: Promise<T>): Promise<T> {
  try {
    return await wait
  } catch (error) {
    if (isNetError(error)) traceToCaller(error)
    throw error
  }
}

class Entry<T, D> implements Waiter<T, D>, Linked<Entry<T, D>> {
  readonly detail: D
  before: Entry<T, D> | undefined = undefined
  after: Entry<T, D> | undefined = undefined
  listed = false
  readonly #list: WaitList<T, D>
  readonly #resolve: (value: T) => void
  readonly #reject: (error: Error) => void
  #timer: Timer | undefined
  #forget: (() => void) | undefined

  constructor(
    list: WaitList<T, D>,
    detail: D,
    resolve: (value: T) => void,
    reject: (error: Error) => void,
  ) {
    this.detail = detail
    this.#list = list
    this.#resolve = resolve
    this.#reject = reject
  }

  limit(options: WaitLimits): void {
    this.#expireAfter(own(options, 'timeout') ?? Infinity)
    const signal = own(options, 'signal')
    if (signal === undefined) return
    this.#forget = onSignalAbort(
      signal,
      (reason) => this.#list.aborted(this, abortError(reason)),
      LINGER,
    )
  }

  follow(call: WaitingCall): void {
    this.#expireAfter(call.limits.pool)
    this.#forget = call.onAbort((error) => this.#list.aborted(this, error))
  }

  grant(value: T): void {
    this.#letGo()
    this.#resolve(value)
  }

  fail(error: Error): void {
    this.#letGo()
    this.#reject(error)
  }

  #expireAfter(limit: number): void {
    if (limit === Infinity) return
    this.#timer = clock().after(limit, () => this.#list.expired(this, limit))
  }

  #letGo(): void {
    this.#timer?.clear()
    this.#forget?.()
  }
}

// Waits on one signal come in rows.
const LINGER: { readonly linger: true } = { linger: true }
