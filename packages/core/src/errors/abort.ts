/*
 * What an aborted signal means: the caller gave up (an AbortError), or a time limit of the caller's passed (a
 * NetTimeoutError), which is a failure like any other.
 */

import { isNetError, netError, type NetError } from './net-error.ts'
import { timeLimitBehind } from './time-limit.ts'

/** The error for an abort with this reason. The reason, if it is not just the platform's default, is its `cause`. */
export function abortError(reason: unknown): NetError {
  const passed =
    isNetError(reason) && reason.code === 'NET_ABORTED' ? undefined : timeLimitBehind(reason)
  if (passed !== undefined) {
    const { code, limit } = isNetError(passed) ? passed : TOTAL
    return netError(code, {
      message: "the caller's time limit passed",
      cause: passed,
      limit,
    })
  }
  // The signal of an operation within an operation carries our own AbortError; the caller's reason is behind it.
  const cause = isNetError(reason) && reason.code === 'NET_ABORTED' ? reason.cause : reason
  return netError('NET_ABORTED', { message: 'aborted by the caller', cause })
}

const TOTAL: Pick<NetError, 'code' | 'limit'> = { code: 'NET_TIMEOUT_TOTAL' }
