/*
 * A stretch of work that can be cancelled as one, by hand, by a deadline that moves, or with what surrounds it.
 * Cancelled means cancelled: every wait begun under the scope afterwards ends at once. It knows no tasks.
 */

import { isNetError, type NetError } from '@net/core'
import {
  abortError,
  argument,
  clock,
  guarded,
  netError,
  onSignalAbort,
  option,
  shape,
  type Timer,
} from '@net/core/authoring'

import { doorOf, waitTable } from '../doors.ts'
import { moment } from '../option-checks.ts'

/** Options of a CancelScope. */
export interface CancelScopeOptions {
  /** Milliseconds from here to the deadline; default none. */
  readonly timeout?: number | undefined
  /** When the scope cancels itself, as a time of `currentTime()`; default never. With `timeout`, the earlier one counts. */
  readonly deadline?: number | undefined
  /** What this scope runs within, such as another scope or a task's context: cancelled together, with the same reason. */
  readonly parent?: { readonly signal: AbortSignal } | undefined
  /** A caller's signal: its abort cancels the scope, with the same reason. */
  readonly signal?: AbortSignal | undefined
  /** Whether `parent` and `signal` are kept out, as for a clean-up that must run to its end; default false. */
  readonly shield?: boolean | undefined
}

/** Who cancelled a scope: its owner, its deadline, or what surrounds it. */
export type Canceller = 'owner' | 'deadline' | 'outside'

/**
 * One scope. Its deadline and its links end with its disposal; what still runs under its signal then runs on.
 * The constructor throws `NET_BAD_OPTION`.
 */
export class CancelScope implements AsyncDisposable {
  readonly #started: number
  #cancelledBy: Canceller | undefined
  #reason: unknown
  #deadline = Infinity
  #timer: Timer | undefined
  #controller: AbortController | undefined
  #listeners: Set<{ readonly listener: (reason: unknown) => void }> | undefined
  #links: (() => void)[] | undefined

  constructor(options?: CancelScopeOptions) {
    const { timeout = Infinity, deadline = Infinity, parent, signal, shield } = scopeDoor(options)
    this.#started = clock().now()
    if (shield !== true) {
      this.#follow(parent?.signal)
      this.#follow(signal)
    }
    const first = Math.min(deadline, this.#started + timeout)
    if (first !== Infinity) this.deadline = first
  }

  /** Aborts when the scope is cancelled; made at the first look. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.cancelled) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** Whether it was cancelled; that never changes back. */
  get cancelled(): boolean {
    return this.#cancelledBy !== undefined
  }

  /** Who cancelled it; undefined before. */
  get cancelledBy(): Canceller | undefined {
    return this.#cancelledBy
  }

  /** Why it was cancelled: the reason given, a NetTimeoutError after the deadline; undefined before. */
  get reason(): unknown {
    return this.#reason
  }

  /** When it was made, as a time of `currentTime()`. */
  get started(): number {
    return this.#started
  }

  /** When it cancels itself, as a time of `currentTime()`; `Infinity` for never. May be moved. */
  get deadline(): number {
    return this.#deadline
  }

  set deadline(at: number) {
    this.#deadline = argument('deadline', moment, at)
    this.#timer?.clear()
    this.#timer = undefined
    if (at !== Infinity && !this.cancelled) this.#arm()
  }

  /**
   * Whether the cancellation ended the work of the scope and stopped there: the `moveOnAfter`, `moveOnAt` or group
   * that the scope belongs to went on without an error. False for work that ended by itself.
   */
  get cancelledCaught(): boolean {
    return caught.has(this)
  }

  /** Throws what the waits under the scope reject with, if it is cancelled: a check that costs no turn. */
  throwIfCancelled(): void {
    if (this.cancelled) throw cancellationOf(this)
  }

  /** Cancels it; only the first reason counts. Without one the reason is an AbortError. */
  cancel(reason?: unknown): void {
    this.#cancel('owner', reason ?? netError('NET_ABORTED', { message: 'cancelled' }))
  }

  /** Calls the listener when the scope is cancelled, at once if it is, without the cost of a signal; returns how to take it back. */
  onCancel(listener: (reason: unknown) => void): () => void {
    if (this.cancelled) {
      listener(this.#reason)
      return () => {}
    }
    const listeners = (this.#listeners ??= new Set())
    const entry = { listener }
    listeners.add(entry)
    return () => void listeners.delete(entry)
  }

  /** Lets go of the deadline, the parent and the caller's signal. Never rejects. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#release()
    return Promise.resolve()
  }

  #follow(signal: AbortSignal | undefined): void {
    if (signal === undefined || this.cancelled) return
    if (signal.aborted) this.#cancel('outside', signal.reason)
    else {
      const unlink = onSignalAbort(signal, (reason) => this.#cancel('outside', reason))
      this.#links = [...(this.#links ?? []), unlink]
    }
  }

  #cancel(by: Canceller, reason: unknown): void {
    if (this.cancelled) return
    this.#cancelledBy = by
    this.#reason = reason
    this.#release()
    const listeners = this.#listeners
    this.#listeners = undefined
    if (listeners !== undefined) {
      // One listener that fails must not keep the others from letting go.
      for (const { listener } of listeners) guarded('a cancel listener', listener)(reason)
    }
    this.#controller?.abort(reason)
  }

  #arm(): void {
    this.#timer = clock().after(Math.max(this.#deadline - clock().now(), 0), () => this.#expire())
  }

  #expire(): void {
    // Timers may fire a fraction of a millisecond early.
    if (this.#deadline - clock().now() > 1) {
      this.#arm()
      return
    }
    const limit = Math.max(Math.round(this.#deadline - this.#started), 0)
    const message = `the time limit of ${limit} ms passed`
    this.#cancel('deadline', netError('NET_TIMEOUT_TOTAL', { message, limit }))
  }

  #release(): void {
    this.#timer?.clear()
    this.#timer = undefined
    for (const unlink of this.#links ?? []) unlink()
    this.#links = undefined
  }
}

/** The error of what a scope's cancellation ended: its own time limit, or what `abortError` makes of the reason. */
export function cancellationOf(scope: CancelScope): NetError {
  const { cancelledBy, reason } = scope
  return cancelledBy === 'deadline' && isNetError(reason) ? reason : abortError(reason)
}

/** Notes that the work of the scope has ended by its cancellation, which is not reported as an error. */
export function markCaught(scope: CancelScope): void {
  caught.add(scope)
}

const caught = new WeakSet<CancelScope>()

const scopeDoor = doorOf<CancelScopeOptions>('new CancelScope', {
  ...waitTable,
  deadline: moment,
  parent: shape(
    'an object with a signal, such as another scope',
    (value) =>
      option.record(option.anything).fits(value) &&
      option.signal.fits(Reflect.get(value as object, 'signal')),
  ),
  shield: option.flag,
})
