/*
 * The options that every call of every protocol takes, and what a client lends to its calls.
 */

import type { NetEventListener } from '../events/channels.ts'
import { timeout, type Timeout } from '../time/limits.ts'
import { optionsObject, type OptionTable, type Taken } from '../options/door.ts'
import type { Shape } from '../options/shape.ts'
import { callback, signal } from '../options/values.ts'
import type { Progress } from '../progress.ts'
import { retry, type RetryOption } from '../retry/option.ts'

/** Options of every call. */
export interface CallOptions {
  /** Aborting it ends the call with an AbortError whose `cause` is the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Limits of this call alone, in milliseconds; a number is the limit of the whole call. */
  readonly timeout?: Timeout | undefined
  /** Whether failed attempts are repeated: false, a number of attempts in all, `{ attempts, delay, … }` or a policy. The default repeats idempotent verbs twice. */
  readonly retry?: RetryOption | undefined
  /** Called with the progress of the transfer, at most 10 times a second and once at the end. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** What calls take from the client that they belong to. */
export interface CallDefaults {
  readonly timeout?: Timeout | undefined
  readonly retry?: RetryOption | undefined
}

/** What a client lends to its operations. */
export interface ClientContext {
  readonly id: number
  readonly log?: NetEventListener | undefined
  readonly defaults?: CallDefaults | undefined
}

/** What every call takes, to be spread into the table of a call. */
export const perCall: OptionTable<CallOptions> = {
  signal,
  timeout,
  retry,
  onProgress: callback(),
}

/** The `defaults` of a client. */
export const defaults: Shape<Taken<CallDefaults>> = optionsObject<CallDefaults>({ timeout, retry })
