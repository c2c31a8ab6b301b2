/*
 * What an aborted signal means: the caller gave up (an AbortError), or a time limit of the caller's passed (a
 * NetTimeoutError), which is a failure like any other.
 */

import { isNetError, netError, NetTimeoutError, type NetError } from './net-error.ts'

/** The error for an abort with this reason. The reason, if it is not just the platform's default, is its `cause`. */
export function abortError(reason: unknown): NetError {
  if (isNetError(reason) && reason instanceof NetTimeoutError) {
    const { limit } = reason
    return netError(reason.code, {
      message: "the caller's time limit passed",
      cause: reason,
      ...(limit === undefined ? {} : { limit }),
    })
  }
  if (reason instanceof Error && reason.name === 'TimeoutError') {
    return netError('NET_TIMEOUT_TOTAL', {
      message: "the caller's time limit passed",
      cause: reason,
    })
  }
  // The signal of an operation within an operation carries our own AbortError; the caller's reason is behind it.
  const cause = isNetError(reason) && reason.code === 'NET_ABORTED' ? reason.cause : reason
  return netError('NET_ABORTED', { message: 'aborted by the caller', cause })
}
