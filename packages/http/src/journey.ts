/*
 * One request on its way to its answer, through what stands between middleware and the wire, from the outside in:
 * redirects, repeats and decoding around attempts. Callbacks lead it from step to step: a call that goes well waits for
 * nothing but its answer. It must not know how an answer reaches the caller.
 */

import { claimSecrets, type Attempts } from '@net/core/authoring'

import { HttpAttempt } from './attempt.ts'
import type { Call, Outcome } from './call.ts'
import { isTemporary } from './errors.ts'
import { decoded } from './middleware/decode.ts'
import { follow, historyWith, targetOf, withHistory } from './middleware/redirect.ts'
import { statusFailureOf, isFailureOf } from './middleware/retry.ts'
import type { HttpRequest } from './request.ts'
import type { HistoryEntry, HttpResponse } from './response.ts'

/** The way of one request. */
export class Journey implements Outcome {
  readonly #call: Call
  readonly #outcome: Outcome
  #request: HttpRequest
  #attempts: Attempts
  #attempt: HttpAttempt | undefined
  /** An answer that says "not at the moment"; given on if no later one is better. */
  #temporary: HttpResponse | undefined
  #history: readonly HistoryEntry[] | undefined

  /** `outcome` hears how it ended, once. */
  constructor(request: HttpRequest, call: Call, outcome: Outcome) {
    this.#request = request
    this.#call = call
    this.#outcome = outcome
    this.#attempts = call.op.attempts()
  }

  begin(): void {
    this.#temporary?.body.cancel()
    this.#temporary = undefined
    const attempt = this.#attempts.begin()
    this.#attempt = new HttpAttempt({ request: this.#request, call: this.#call, attempt }, this)
    this.#attempt.begin()
  }

  /** Lets go of the answer that it had, unless somebody reads it already. */
  letGo(): void {
    this.#attempt?.letGo()
  }

  answered(response: HttpResponse): void {
    let ready: HttpResponse
    try {
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
      const { settings, secrets } = this.#call
      const location = settings.redirects > 0 ? targetOf(response) : undefined
      if (location === undefined) {
        this.#outcome.answered(withHistory(response, this.#history))
        return
      }
      this.#history = historyWith(response, this.#request, {
        before: this.#history ?? [],
        limit: settings.redirects,
      })
      this.#request = follow(this.#request, response.status, location)
      claimSecrets(this.#request.url, secrets)
      this.#attempts = this.#call.op.attempts()
      this.begin()
    } catch (error) {
      this.#outcome.failed(error)
    }
  }
}
