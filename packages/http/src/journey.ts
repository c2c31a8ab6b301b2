/*
 * One request on its way to its answer, through what stands between middleware and the wire, from the outside in:
 * redirects, repeats and decoding around attempts. Callbacks lead it from step to step: a call that goes well waits for
 * nothing but its answer. It must not know how an answer reaches the caller.
 */

import { claimSecrets, type Attempts } from '@net/core/authoring'

import { HttpAttempt } from './attempt.ts'
import { CachedAttempt } from './cache/cached-attempt.ts'
import type { Call, Outcome } from './call.ts'
import { isTemporary } from './errors.ts'
import { decoded } from './middleware/decode.ts'
import { RedirectTrail } from './middleware/redirect.ts'
import { statusFailureOf, isFailureOf } from './middleware/retry.ts'
import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'

/** The way of one request. */
export class Journey implements Outcome {
  readonly #call: Call
  readonly #outcome: Outcome
  #request: HttpRequest
  #attempts: Attempts
  #attempt: HttpAttempt | CachedAttempt | undefined
  /** An answer that says "not at the moment"; given on if no later one is better. */
  #temporary: HttpResponse | undefined
  readonly #trail: RedirectTrail | undefined

  /** `outcome` hears how it ended, once. */
  constructor(request: HttpRequest, call: Call, outcome: Outcome) {
    this.#request = request
    this.#call = call
    this.#outcome = outcome
    this.#attempts = call.op.attempts()
    this.#trail = call.followsRedirects ? new RedirectTrail(call.settings) : undefined
  }

  begin(): void {
    this.#temporary?.body.cancel()
    this.#temporary = undefined
    const attempt = this.#attempts.begin()
    const request = this.#call.cookies?.dressed(this.#request) ?? this.#request
    const parts = { request, call: this.#call, attempt }
    const { cache } = this.#call.settings
    this.#attempt =
      cache === undefined ? new HttpAttempt(parts, this) : new CachedAttempt(parts, cache, this)
    this.#attempt.begin()
  }

  /** Lets go of the answer that it had, unless somebody reads it already. */
  letGo(): void {
    this.#attempt?.letGo()
  }

  answered(response: HttpResponse): void {
    let ready: HttpResponse
    try {
      this.#call.cookies?.learn(this.#request, response)
      ready = decoded(response, this.#request, this.#call)
      if (isTemporary(ready.status)) {
        this.#temporary = ready
        throw statusFailureOf(ready)
      }
      this.#attempts.succeeded()
    } catch (error) {
      this.failed(error)
      return
    }
    this.#arrive(ready)
  }

  failed(error: unknown): void {
    const { frame } = this.#call
    const repeated = frame.runInAsyncScope(() => this.#repeat(error))
    repeated.catch((thrown: unknown) => {
      // Whatever was to be repeated, its answer goes to nobody.
      this.#temporary?.body.cancel()
      this.#outcome.failed(thrown)
    })
  }

  async #repeat(error: unknown): Promise<void> {
    try {
      await this.#attempts.failed(error)
    } catch (final) {
      const response = this.#temporary
      if (response === undefined || !isFailureOf(response, final)) throw final
      this.#arrive(response)
      return
    }
    this.begin()
  }

  /** Gives the answer, or follows it to the next place. */
  #arrive(response: HttpResponse): void {
    try {
      const next = this.#trail?.next(this.#request, response)
      if (next === undefined) {
        this.#outcome.answered(this.#trail?.ended(response) ?? response)
        return
      }
      this.#request = next
      claimSecrets(next.url, this.#call.secrets)
      this.#attempts = this.#call.op.attempts()
      this.begin()
    } catch (error) {
      this.#outcome.failed(error)
    }
  }
}
