/*
 * Which answers are failures that a repeat may better, and which requests may be repeated. Whether a failure is worth a
 * repeat is the retry policy's affair; an answer that says "not at the moment" becomes such a failure, and at last an answer
 * again.
 */

import type { RetryPolicy } from '@net/core'

import { HttpStatusError } from '../errors.ts'
import type { RequestBody } from '../request.ts'
import type { HttpResponse } from '../response.ts'

/** The error for an answer with a status of 400 or above; the one of the last attempt, if there were several. */
export function statusFailureOf(response: HttpResponse): HttpStatusError {
  return failures.get(response) ?? statusError(response)
}

/** Whether the error is the one that was made of the response. */
export function isFailureOf(response: HttpResponse, error: unknown): boolean {
  return failures.get(response) === error
}

/** What failed, and when it is repeated. Times are in milliseconds. */
export interface RepeatNotice {
  readonly error: unknown
  /** Of the attempt that failed; 1 for the first. */
  readonly attempt: number
  /** How long it will be until the next one. */
  readonly delay: number
}

/** Hears of each repeat before its wait; false ends the call with the error instead. What it throws ends the call. */
export type RepeatHook = (notice: RepeatNotice) => boolean | void

/** A policy whose repeats the caller hears of. */
export function telling(hook: RepeatHook, policy: RetryPolicy): RetryPolicy {
  return {
    delay(failed) {
      const delay = policy.delay(failed)
      if (delay === undefined) return undefined
      const { error, attempt } = failed
      return hook({ error, attempt, delay }) === false ? undefined : delay
    },
    succeeded: () => policy.succeeded?.(),
  }
}

/** A policy that does not repeat what cannot be sent again. */
export function respecting(body: RequestBody, policy: RetryPolicy): RetryPolicy {
  return {
    delay: (failed) => (body.begun && !body.replayable ? undefined : policy.delay(failed)),
    succeeded: () => policy.succeeded?.(),
  }
}

function statusError(response: HttpResponse): HttpStatusError {
  const { status, statusText, headers } = response
  const error = new HttpStatusError({ status, statusText, headers })
  failures.set(response, error)
  return error
}

const failures = new WeakMap<HttpResponse, HttpStatusError>()
