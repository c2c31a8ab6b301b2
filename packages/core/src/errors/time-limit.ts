/*
 * Time limits that come in the dress of an abort: what waits in Node (timers, events, streams, child processes) rejects
 * with an AbortError of its own and has the signal's reason as `cause`.
 */

import { isError } from './is-error.ts'

/** The time limit that this error is, or that an AbortError hides in its causes; undefined if there is none. */
export function timeLimitBehind(error: unknown): Error | undefined {
  let at = error
  for (let depth = 0; depth < DEEPEST && isError(at); depth++) {
    if (at.name === 'TimeoutError') return at
    if (at.name !== 'AbortError') return undefined
    at = at.cause
  }
  return undefined
}

const DEEPEST = 8
