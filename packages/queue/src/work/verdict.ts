/*
 * What becomes of a job when its attempt has ended: pure. The rules are those of the errors: what surely was not done may be
 * repeated, what is marked and may have been done never, and what nobody knows is for a person to decide.
 */

import { isAbort, isNetError, type BackOffOptions } from '@net/core'
import { backOffTable, decided, exponential, netError, optionsObject } from '@net/core/authoring'

import { errorText } from '../stored-error.ts'
import type { ClaimedJob, JobLease, Settlement } from '../store.ts'
import type { JobRetryOptions } from './process-options.ts'

/** How the handler ended. */
export type Ending =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  /** It did not heed its signal. */
  | { readonly kind: 'abandoned' }

/** Why its signal aborted, if it did. */
export type StopReason = 'deadline' | 'closing' | 'lost'

/** What is known of an attempt at its end. */
export interface Attempted {
  readonly job: Pick<ClaimedJob, 'spent' | 'attempts' | 'group'>
  readonly error: unknown
  readonly marked: boolean
  readonly stopped: StopReason | undefined
  /** Milliseconds from now until the deadline. */
  readonly left: number
  readonly retry: false | JobRetryOptions
}

/** A settlement without the job. */
export type Verdict = Omit<Settlement, keyof JobLease>

/** What becomes of a job whose handler threw. */
export function verdictOn(attempted: Attempted): Verdict {
  const { error, marked, stopped } = attempted
  const text = errorText(error)
  if (codeOf(error) === 'NET_DELIVERY_UNKNOWN') return { to: 'unknown', error: text }
  if (stopped !== undefined && isStop(error)) return stoppedVerdict(stopped, marked, text)
  const retry = retryClass(error)
  if (marked && retry === 'idempotent') return { to: 'unknown', error: text }
  const delay = repeatDelay(attempted, retry)
  if (delay === undefined) return { to: 'failed', error: text }
  const holdGroup = attempted.job.group === undefined ? undefined : retryAfterOf(error)
  return { to: 'waiting', error: text, delay, ...(holdGroup === undefined ? {} : { holdGroup }) }
}

/** What becomes of a job whose handler does not end. */
export function abandonedVerdict(stopped: StopReason, marked: boolean): Verdict {
  const why = stopped === 'deadline' ? 'its deadline passed' : 'its worker was closed'
  const error = netError('NET_TASK_LEAKED', {
    protocol: 'queue',
    message: `the handler went on after ${why}`,
  })
  return { to: marked ? 'unknown' : 'failed', error: errorText(error) }
}

function stoppedVerdict(stopped: StopReason, marked: boolean, error: string): Verdict {
  if (marked) return { to: 'unknown', error }
  // What was interrupted by us goes back, and that attempt is not held against it.
  return stopped === 'closing' ? { to: 'waiting', delay: 0, refund: true } : { to: 'failed', error }
}

function repeatDelay(attempted: Attempted, retry: string): number | undefined {
  const { error, job, marked, left, retry: options } = attempted
  if (options === false || job.spent >= job.attempts) return undefined
  const { when } = options
  const worthwhile =
    marked || when === undefined
      ? retry !== 'never'
      : decided('when', 'true or false', when(error, job.spent))
  if (!worthwhile) return undefined
  const { when: _, ...given } = options
  const backOff = exponential(backOffOptions.take({ ...DELAYS, ...given }, 'retry'))
  const wait = backOff({ error, attempt: job.spent, elapsed: 0 })
  const delay = Math.max(wait, retryAfterOf(error) ?? 0)
  // What cannot begin in time is known now.
  return delay < left ? delay : undefined
}

function retryClass(error: unknown): 'safe' | 'idempotent' | 'never' {
  // What others throw says nothing about what was done.
  return isNetError(error) ? error.retry : 'idempotent'
}

/** Whether it is what calls reject with when our signal has aborted. */
function isStop(error: unknown): boolean {
  return isAbort(error) || codeOf(error) === 'NET_TIMEOUT_TOTAL'
}

function retryAfterOf(error: unknown): number | undefined {
  return isNetError(error) ? error.retryAfter : undefined
}

function codeOf(error: unknown): string | undefined {
  return isNetError(error) ? error.code : undefined
}

const backOffOptions = optionsObject<BackOffOptions>(backOffTable)
const DELAYS = { delay: 1000, maxDelay: 3_600_000 }
