/*
 * The one way in which the primitives of this package wait: a line in which who comes first is served first. A wait
 * ends once, by what it waited for, its signal or its limit, and all of that happens in one turn: a granted place is
 * never taken back, and an entry that has left is never granted. It must not know what calls wait for.
 */

import { isNetError, type NetError, type NetErrorCode } from '@net/core'
import {
  abortError,
  clock,
  LinkedList,
  netError,
  onSignalAbort,
  own,
  traceToCaller,
  type Linked,
  type OptionsDoor,
  type Timer,
} from '@net/core/authoring'

import { doorOf, waitTable } from '../doors.ts'
import type { WaitOptions } from '../tasks/job.ts'
import { isLimit, limitOf } from '../option-checks.ts'

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
  wait(detail: D, options: WaitOptions | undefined): Promise<T> {
    const ended = new Promise<T>((resolve, reject) => {
      const entry = new Entry(this, detail, resolve, reject)
      this.#line.add(entry)
      if (options !== undefined) entry.limit(options)
    })
    return options === undefined ? ended : traced(ended)
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
  aborted(entry: Entry<T, D>, reason: unknown): void {
    this.#leave(entry, abortError(reason), 'signal')
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

/** Why a wait must not even begin: its signal has aborted, or its options are wrong; undefined if it may. */
export function waitRefusal<O extends WaitOptions>(
  options: O | undefined,
  door: OptionsDoor<O> = waitDoor as OptionsDoor<O>,
): NetError | undefined {
  if (options === undefined) return undefined
  // A wrong option is an error at once, also if the call does not have to wait.
  const fault = isPlain(options) ? undefined : faultOf(options, door)
  if (fault !== undefined) return fault
  const signal = own(options, 'signal')
  if (signal?.aborted !== true) return undefined
  const aborted = abortError(signal.reason)
  traceToCaller(aborted)
  return aborted
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

/** Whether the options are those of a plain wait: a look at them instead of a way through the door. */
function isPlain(options: WaitOptions): boolean {
  for (const name in options) if (name !== 'signal' && name !== 'timeout') return false
  const { signal, timeout } = options
  if (signal !== undefined && !(signal instanceof AbortSignal)) return false
  return timeout === undefined || isLimit(timeout)
}

function faultOf<O>(options: O, door: OptionsDoor<O>): NetError | undefined {
  try {
    door(options)
    return undefined
  } catch (error) {
    return error as NetError
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

  limit(options: WaitOptions): void {
    const limit = limitOf('timeout', own(options, 'timeout'))
    if (limit !== Infinity) {
      this.#timer = clock().after(limit, () => this.#list.expired(this, limit))
    }
    const signal = own(options, 'signal')
    if (signal !== undefined) {
      this.#forget = onSignalAbort(signal, (reason) => this.#list.aborted(this, reason), LINGER)
    }
  }

  grant(value: T): void {
    this.#letGo()
    this.#resolve(value)
  }

  fail(error: Error): void {
    this.#letGo()
    this.#reject(error)
  }

  #letGo(): void {
    this.#timer?.clear()
    this.#forget?.()
  }
}

const waitDoor = doorOf<WaitOptions>('wait', waitTable)
// Waits on one signal come in rows.
const LINGER: { readonly linger: true } = { linger: true }
