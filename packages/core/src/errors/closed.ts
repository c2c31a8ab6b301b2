/* The error of a call on a client that its own program has closed. */

import { netError, type NetError } from './net-error.ts'

/** The error for a call after `close()`; most often `await using` has closed the client before a call that was not awaited. */
export function closedError(cause?: unknown): NetError {
  return netError('NET_CLOSED', {
    message:
      'the client is closed; if `await using` closed it too early, write `return await` for the last call',
    cause,
  })
}
