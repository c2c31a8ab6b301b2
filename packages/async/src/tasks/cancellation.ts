/*
 * What a rejection means once its job was cancelled: that the job obeyed, or that something else went wrong.
 */

import { isAbort, isNetError, NetTimeoutError } from '@net/core'
import { isError, thrownMessage } from '@net/core/authoring'

/** Whether the error says no more than that the work was cancelled for this reason. */
export function isCancellation(error: unknown, reason: unknown): boolean {
  let at = error
  for (let depth = 0; depth < DEEPEST; depth++) {
    if (at === reason || isAbort(at)) return true
    if (!hasLimitWithin(at)) return false
    at = at.cause
  }
  return false
}

/** A time limit that is passed on inwards keeps the outer one as its cause, and so does Node's AbortError. */
function hasLimitWithin(error: unknown): error is Error {
  if (isNetError(error)) return error instanceof NetTimeoutError
  return isError(error) && error.name === 'AbortError'
}

/** The thrown value as an error, for lists of errors. */
export function asError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new Error(thrownMessage(thrown), { cause: thrown })
}

const DEEPEST = 8
