/*
 * Repeats: each attempt of the operation sends the request once. Which failure is worth a repeat is the retry
 * policy's affair; here an answer that says "not at the moment" becomes such a failure, and at last an answer again.
 */

import type { RetryPolicy } from '@net/core'

import type { Call, Middleware } from '../call.ts'
import { HttpStatusError, isTemporary } from '../errors.ts'
import type { RequestBody } from '../request.ts'
import type { HttpResponse } from '../response.ts'

/** The layer. An answer that no attempt bettered is given on; `statusFailureOf` has its error with the earlier ones. */
export function retry(call: Call): Middleware {
  return async (request, next) => {
    let last: HttpResponse | undefined
    try {
      return await call.op.attempt(async (attempt) => {
        call.attempt = attempt
        last?.body.cancel()
        last = undefined
        const response = await next(request)
        if (!isTemporary(response.status)) return response
        last = response
        throw statusError(response)
      })
    } catch (error) {
      if (last === undefined || failures.get(last) !== error) throw error
      return last
    }
  }
}

/** The error for an answer with a status of 400 or above; the one of the last attempt, if there were several. */
export function statusFailureOf(response: HttpResponse): HttpStatusError {
  return failures.get(response) ?? statusError(response)
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
