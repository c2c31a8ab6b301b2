/*
 * The options that every call of every protocol takes, and what a client lends to its calls.
 */

import type { NetEventListener } from './events/channels.ts'
import type { Timeout } from './limits.ts'
import type { Progress } from './progress.ts'
import type { RetryPolicy } from './retry-policy.ts'

/** Options of every call. */
export interface CallOptions {
  /** Aborting it ends the call with an AbortError whose `cause` is the signal's reason. */
  readonly signal?: AbortSignal
  /** Limits of this call alone, in milliseconds; a number is the limit of the whole call. */
  readonly timeout?: Timeout
  /** Whether failed attempts are repeated; false for never. The default repeats idempotent verbs twice. */
  readonly retry?: RetryPolicy | false
  /** Called with the progress of the transfer, at most 10 times a second and once at the end. */
  readonly onProgress?: (progress: Progress) => void
}

/** What calls take from the client that they belong to. */
export interface CallDefaults {
  readonly timeout?: Timeout
  readonly retry?: RetryPolicy | false
}

/** What a client lends to its operations. */
export interface ClientContext {
  readonly id: number
  readonly log?: NetEventListener
  readonly defaults?: CallDefaults
}
