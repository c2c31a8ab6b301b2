/*
 * A call without a response yet: a promise of the response that also has the methods for the body at
 * once. The method that is called in the same tick decides how the call is made.
 */

import { isNetError, type Sink } from '@net/core'
import { checkSink, inCall, leavable, traceToCaller } from '@net/core/authoring'

import type { ServerSentEvent } from './event-stream.ts'
import type { EventOptions } from './read-events.ts'
import { checkCharset, checkEvents, checkSchema } from './reading-doors.ts'
import { ClientResponse, type BodyReaders, type Charset, type HttpResponse } from './response.ts'
import type { ResponseSchema } from './response-schema.ts'

/** What the caller wants of the answer, as far as it is known when the call starts. */
export interface Intent {
  /** An exchange if the body is read in one go, so that the limit on the whole call can be finite; a session if it has no end. */
  kind: 'exchange' | 'transfer' | 'session'
  /** Whether JSON is expected. */
  json: boolean
  /** Whether events are expected. */
  events: boolean
  /** Whether the bytes are wanted as they are sent, without a coding if the server can. */
  raw: boolean
}

/** Settles a call; `rejectTraced` rejects what waits for it. */
export interface Settle {
  readonly resolve: (response: HttpResponse) => void
  readonly reject: (error: unknown) => void
}

/**
 * The promise of an answer. The request starts in the next microtask. The shortcuts wait for the answer and read its
 * body; with `json`, `text` and `bytes` the whole call, body included, is limited to 300 s by default.
 */
export class PendingResponse extends Promise<HttpResponse> implements BodyReaders {
  readonly #intent: Intent
  /** What is wrong with how the body was to be read. */
  #refusal: Error | undefined

  /** What `then` gives is a plain promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  /** `start` makes the call: it gives a promise of the answer, or settles the call. */
  constructor(start: (intent: Intent, settle: Settle) => Promise<HttpResponse> | void) {
    const intent: Intent = { kind: 'transfer', json: false, events: false, raw: false }
    super((resolve, reject) => {
      const settle: Settle = { resolve, reject }
      void NOW.then(() => {
        if (this.#refusal !== undefined) return reject(this.#refusal)
        try {
          start(intent, settle)?.then(resolve, (error: unknown) => rejectTraced(settle, error))
        } catch (error) {
          rejectTraced(settle, error)
        }
      })
    })
    this.#intent = intent
  }

  json<T = unknown>(schema?: ResponseSchema<T>): Promise<T> {
    this.#intent.json = true
    this.#intent.kind = 'exchange'
    if (schema !== undefined) this.#check(() => checkSchema(schema))
    return this.then((response) =>
      schema === undefined && response instanceof ClientResponse
        ? response.jsonNow<T>()
        : response.json(schema),
    )
  }

  text(charset?: Charset): Promise<string> {
    this.#intent.kind = 'exchange'
    if (charset !== undefined) this.#check(() => checkCharset('text', charset))
    return this.then((response) =>
      response instanceof ClientResponse ? response.textNow(charset) : response.text(charset),
    )
  }

  bytes(): Promise<Uint8Array> {
    this.#intent.kind = 'exchange'
    return this.then((response) =>
      response instanceof ClientResponse ? response.bytesNow() : response.bytes(),
    )
  }

  lines(charset?: string): AsyncIterable<string> {
    return this.#streamed(
      () => checkCharset('lines', charset),
      (response) => response.lines(charset),
    )
  }

  jsonLines<T = unknown>(schema?: ResponseSchema<T>): AsyncIterable<T> {
    return this.#streamed(
      () => checkSchema(schema, 'jsonLines'),
      (response) => response.jsonLines(schema),
    )
  }

  events(options?: EventOptions): AsyncIterable<ServerSentEvent> {
    this.#intent.events = true
    this.#intent.kind = 'session'
    return this.#streamed(
      () => checkEvents(options),
      (response) => response.events(options),
    )
  }

  saveTo(sink: Sink): Promise<number> {
    this.#intent.raw = true
    // From here on the failure of a stream is the call's, long before there is an answer to write.
    this.#check(() => inCall({ protocol: 'http', call: 'saveTo' }, () => checkSink(sink)))
    return this.then((response) => savedTo(response, sink))
  }

  #streamed<T>(
    check: () => void,
    read: (response: HttpResponse) => AsyncIterable<T>,
  ): AsyncIterable<T> {
    // A loop gets the error; without a loop it is not an unhandled rejection.
    this.catch(() => {})
    this.#check(check)
    return itemsOf(this, read)
  }

  /** What cannot be read as it was asked for is not asked for. */
  #check(check: () => void): void {
    try {
      check()
    } catch (error) {
      this.#refusal ??= error as Error
    }
  }
}

/** Fails a call, with an error whose stack names the line that waits for it. */
export function rejectTraced({ resolve, reject }: Settle, error: unknown): void {
  void traced(error).then(resolve, reject)
}

/** Rejects a turn later: a call that fails at once fails before its caller awaits it, and its stack could not name the line. */
async function traced(error: unknown): Promise<never> {
  await NOW
  if (isNetError(error)) traceToCaller(error)
  throw error
}

/** Nobody else has the answer: where the sink cannot be opened the body must not hold its connection. */
async function savedTo(response: HttpResponse, sink: Sink): Promise<number> {
  try {
    return await response.saveTo(sink)
  } catch (error) {
    response.body.cancel()
    throw error
  }
}

function itemsOf<T>(
  pending: Promise<HttpResponse>,
  read: (response: HttpResponse) => AsyncIterable<T>,
): AsyncGenerator<T, undefined> {
  const giveUp = (): void => {
    // A failed call has nothing to discard.
    pending.then(({ body }) => body.cancel()).catch(() => {})
  }
  const items = async function* (): AsyncGenerator<T, void> {
    const response = await pending
    try {
      yield* read(response)
    } finally {
      // One that cannot be read like this is read by nobody.
      response.body.cancel()
    }
  }
  return leavable(items(), { leave: giveUp })
}

const NOW: Promise<void> = Promise.resolve()
