/*
 * What ends a wait early: the caller's signal and the limit of the call. Without any of them a wait costs nothing here.
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
} from '@net/core/authoring'

import type { WaitOptions } from './connection.ts'

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
            netError('NET_TIMEOUT_TOTAL', {
              message: `the call did not end within ${total} ms`,
              limit: total,
            }),
          ),
        )
  return () => {
    forget?.()
    timer?.clear()
  }
}
