/*
 * What ends a call whose body has arrived while its sink still works: the caller's signal and the limit on the whole
 * call, which the operation has let go of by then.
 */

import type { ErrorContext, NetError } from '@net/core'
import { abortError, addContext, clock, netError, onSignalAbort } from '@net/core/authoring'

/** A call's signal and its limit in milliseconds, counted from when it began by the clock. */
export interface CallEnd {
  readonly signal: AbortSignal | undefined
  readonly total: number
  readonly started: number
}

/** Calls `tell` with the error of a call that ends early; disposing prevents that. */
export function onCallEnd(
  { signal, total, started }: CallEnd,
  context: ErrorContext,
  tell: (error: NetError) => void,
): Disposable {
  const told = (error: NetError): void => tell(addContext(error, { phase: 'receive', ...context }))
  const stop = (reason: unknown): void => told(abortError(reason))
  if (signal?.aborted === true) {
    stop(signal.reason)
    return { [Symbol.dispose]() {} }
  }
  const forget = signal && onSignalAbort(signal, stop)
  const message = `the call did not end within ${total} ms`
  const late = (): void => told(netError('NET_TIMEOUT_TOTAL', { message, limit: total }))
  const timer = total === Infinity ? undefined : clock().after(leftOf(total, started), late)
  return {
    [Symbol.dispose]() {
      forget?.()
      timer?.clear()
    },
  }
}

/** Settles as the work does, or rejects with the error of a call that ends before. */
export function untilCallEnd<T>(
  work: Promise<T>,
  end: CallEnd | undefined,
  context: ErrorContext,
): Promise<T> {
  if (end === undefined) return work
  return new Promise((resolve, reject) => {
    const watch = onCallEnd(end, context, reject)
    work.finally(() => watch[Symbol.dispose]()).then(resolve, reject)
  })
}

function leftOf(total: number, started: number): number {
  return Math.max(0, started + total - clock().now())
}
