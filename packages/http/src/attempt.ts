/*
 * One attempt of a call: gets a connection, exchanges request and answer over it, and takes another one if that was dead
 * before anything that matters was sent. When the attempt is stopped it settles within 50 ms, whatever becomes of a dial or
 * a source that does not hear.
 */

import { afterGrace, type Attempt, type Operation, type Timer } from '@net/core/authoring'
import { isNetError, type NetError } from '@net/core'

import type { Call, Outcome } from './call.ts'
import type { HttpConnection } from './connection.ts'
import { Exchange, type ExchangeOutcome } from './exchange.ts'
import { openBody } from './request-body.ts'
import type { HttpRequest, RequestBody } from './request.ts'
import type { HttpResponse } from './response.ts'
import { Upload } from './upload.ts'

/** What is attempted. */
export interface AttemptParts {
  readonly request: HttpRequest
  readonly call: Call
  readonly attempt: Attempt
}

/** One attempt. */
export class HttpAttempt implements ExchangeOutcome {
  readonly #parts: AttemptParts
  readonly #outcome: Outcome
  #exchange: Exchange | undefined
  #turn = 0
  #over = false
  /** Whether a server may have begun to work on it. */
  #isUnknown = false
  #reason: NetError | undefined
  #forget: (() => void) | undefined
  #grace: Timer | undefined

  constructor(parts: AttemptParts, outcome: Outcome) {
    this.#parts = parts
    this.#outcome = outcome
  }

  begin(): void {
    this.#forget = this.#parts.call.op.onAbort((reason) => this.#stop(reason))
    if (this.#reason === undefined) this.#send()
    else this.#fail(this.#reason)
  }

  /** The call has no use for the answer. */
  letGo(): void {
    this.#exchange?.letGo()
  }

  answered(response: HttpResponse): void {
    if (this.#over || this.#reason !== undefined) {
      // This answer comes too late for its caller; what it holds must not leak.
      response.body.cancel()
      this.#fail(this.#reason)
      return
    }
    this.#end()
    this.#outcome.answered(response)
  }

  failed(error: unknown, mayMove: boolean): void {
    if (this.#over) return
    if (!mayMove || this.#reason !== undefined || this.#turn >= MOST_TURNS) {
      this.#fail(error)
      return
    }
    this.#isUnknown ||= !isRefused(error)
    if (!this.#isUnknown) this.#parts.attempt.refused()
    this.#send()
  }

  #send(): void {
    const { request, call } = this.#parts
    const { op } = call
    const handler = call.handlerFor(request)
    this.#turn += 1
    if (handler !== undefined) {
      handler(request)
        .then((response) => this.answered(response))
        .catch((error: unknown) => this.failed(error, false))
      return
    }
    const { body } = request
    if (body === undefined || isSmall(body)) this.#lease(undefined)
    else {
      opened(body, op).then(
        (upload) => this.#lease(upload),
        (error: unknown) => this.failed(error, false),
      )
    }
  }

  #lease(upload: Upload | undefined): void {
    const { call, request } = this.#parts
    try {
      const leased = call.lease(request, this.#turn > 1)
      if (!(leased instanceof Promise)) this.#exchangeOver(leased, upload)
      else {
        leased.then(
          (connection) => this.#exchangeOver(connection, upload),
          (error: unknown) => this.#unleased(error, upload),
        )
      }
    } catch (error) {
      this.#unleased(error, upload)
    }
  }

  #unleased(error: unknown, upload: Upload | undefined): void {
    void (upload?.stop() ?? LET_GO).then(() => this.failed(error, false))
  }

  #exchangeOver(connection: HttpConnection, upload: Upload | undefined): void {
    const reason = this.#reason
    if (reason !== undefined) {
      connection.destroy()
      this.#unleased(reason, upload)
      return
    }
    const { request, call, attempt } = this.#parts
    this.#exchange = new Exchange({ request, call, attempt, connection, upload }, this)
    this.#exchange.begin()
  }

  #stop(reason: NetError): void {
    this.#reason = reason
    this.#exchange?.stop(reason)
    this.#grace = afterGrace(() => this.#fail(reason))
  }

  #fail(error: unknown): void {
    if (this.#over) return
    this.#end()
    this.#outcome.failed(error)
  }

  #end(): void {
    this.#over = true
    this.#forget?.()
    this.#grace?.clear()
  }
}

/** Whether the server itself says that it has not begun. */
function isRefused(error: unknown): boolean {
  return isNetError(error) && error.code === 'NET_CONN_SHUTDOWN' && error.retry === 'safe'
}

/** Bytes that fit into what the kernel takes at once leave with the head of the request. */
function isSmall({ bytes, source }: RequestBody): boolean {
  return bytes === undefined ? source === undefined : bytes.length <= AT_ONCE
}

async function opened(body: RequestBody, op: Operation): Promise<Upload> {
  return new Upload(await openBody(body), op, () => {
    body.begun = true
  })
}

const LET_GO: Promise<void> = Promise.resolve()
const MOST_TURNS = 3
const AT_ONCE = 65_536
