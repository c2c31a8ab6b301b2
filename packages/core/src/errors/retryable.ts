/* Whether an error is worth another attempt. */

import { optionsDoor } from '../options/door.ts'
import { flag } from '../options/values.ts'
import { retryOf } from './net-error.ts'

/** What `isRetryable` takes. */
export interface RetryableOptions {
  /** Whether the work may be done twice. Default false. */
  readonly idempotent?: boolean | undefined
}

/** Whether a repeat makes sense: surely not processed, or unknown and the work is idempotent. Throws `NET_BAD_OPTION`. */
export function isRetryable(error: unknown, options?: RetryableOptions): boolean {
  const { idempotent = false } = retryableDoor(options)
  const retry = retryOf(error)
  return retry === 'safe' || (retry === 'idempotent' && idempotent)
}

const retryableDoor = optionsDoor<RetryableOptions>({ call: 'isRetryable' }, { idempotent: flag })
