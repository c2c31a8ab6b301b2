/*
 * What ends a wait early: the caller's signal, the limit of the call, and the limit on silence. Without any of
 * them a wait costs nothing here.
 */

import type { NetError } from '@net/core'
import {
  abortError,
  clock,
  limitsFor,
  netError,
  onSignalAbort,
  own,
  type Limits,
  type Timer,
} from '@net/core/authoring'

import type { WaitOptions } from './connection.ts'

/**
 * A limit on silence, shared by all waits of one side of a connection. Its timer is armed at most once per limit
 * and finds out when it fires how long the silence really was, so that a wait costs no timer of its own.
 */
export class SilenceLimit {
  readonly limit: number
  readonly #expired: () => void
  #timer: Timer | undefined
  #waiting = false
  #since = 0
  #moved = 0

  /** `Infinity` never expires. */
  constructor(limit: number, expired: () => void) {
    this.limit = limit
    this.#expired = expired
  }

  /** We wait for the peer from here on. */
  begin(): void {
    if (this.limit === Infinity || this.#waiting) return
    this.#waiting = true
    this.#moved = 0
    this.#since = clock().now()
    this.#timer ??= clock().after(this.limit, () => this.#fire())
  }

  /** So many bytes have moved; enough of them end the silence. */
  moved(bytes: number): void {
    if (!this.#waiting) return
    this.#moved += bytes
    if (this.#moved < ENOUGH) return
    this.#moved = 0
    this.#since = clock().now()
  }

  /** We wait no more. */
  end(): void {
    this.#waiting = false
  }

  /** There will be no more waits. */
  clear(): void {
    this.#waiting = false
    this.#timer?.clear()
    this.#timer = undefined
  }

  #fire(): void {
    this.#timer = undefined
    if (!this.#waiting) return
    const left = this.limit - (clock().now() - this.#since)
    // Timers may fire a fraction of a millisecond early.
    if (left > 1) this.#timer = clock().after(left, () => this.#fire())
    else {
      this.#waiting = false
      this.#expired()
    }
  }
}

/** The limits of one call: its own, or else those of the connection. Throws `NET_BAD_OPTION`. */
export function callLimits(options: WaitOptions | undefined, defaults: Limits): Limits {
  const timeout = own(options, 'timeout')
  return timeout === undefined ? defaults : limitsFor('session', timeout, defaults)
}

/** Rejects a call whose signal is aborted already. */
export function abortedAlready(options: WaitOptions | undefined): NetError | undefined {
  const signal = own(options, 'signal')
  return signal?.aborted === true ? abortError(signal.reason) : undefined
}

/** Calls `stop` once the signal aborts or the call's total passes; returns how to take that back, if there is anything. */
export function watchCall(
  options: WaitOptions | undefined,
  total: number,
  stop: (error: NetError) => void,
): (() => void) | undefined {
  const signal = own(options, 'signal')
  if (signal === undefined && total === Infinity) return undefined
  const forget = signal && onSignalAbort(signal, (reason) => stop(abortError(reason)))
  const timer =
    total === Infinity
      ? undefined
      : clock().after(total, () =>
          stop(
            netError('NET_TIMEOUT_TOTAL', { message: `not done within ${total} ms`, limit: total }),
          ),
        )
  return () => {
    forget?.()
    timer?.clear()
  }
}

const ENOUGH = 1024
