/*
 * Server-sent events over connection after connection (HTML standard, section 9.2): goes on from the last id when a stream
 * ends, and comes back ever later to a server that does not hold it. It must not know HTTP beyond an answer.
 */

import type { NetError } from '@net/core'
import { isNetError } from '@net/core'
import {
  abortError,
  clock,
  leavable,
  onSignalAbort,
  option,
  optionsDoor,
  optionsObject,
  type Taken,
} from '@net/core/authoring'

import { requestOptions, type RequestOptions } from './client-options.ts'
import { HttpStatusError, isTemporary } from './errors.ts'
import type { ServerSentEvent } from './event-stream.ts'
import { HttpHeaders } from './headers.ts'
import { eventStream, notEvents, readEvents, type EventOptions } from './read-events.ts'
import type { HttpResponse } from './response.ts'

/** When an event source connects again. */
export interface ReconnectOptions {
  /**
   * The wait after a stream that held, in milliseconds, if the server names none; it doubles with each that did not hold.
   * Default 1,000, and never less.
   */
  readonly delay?: number | undefined
  /** The longest of these waits. Default 60,000; what a server asks for is kept up to 300,000. */
  readonly maxDelay?: number | undefined
  /** How many connections in a row may fail. Default any number. */
  readonly attempts?: number | undefined
}

/** Options of `eventSource`. */
export interface EventSourceOptions
  extends
    EventOptions,
    Pick<
      RequestOptions,
      | 'signal'
      | 'timeout'
      | 'params'
      | 'headers'
      | 'user'
      | 'password'
      | 'auth'
      | 'redirect'
      | 'onInterim'
    > {
  /** From which event on, for the first connection. Default: what the server begins with. */
  readonly lastEventId?: string | undefined
  /** When it connects again; false for one stream alone. */
  readonly reconnect?: false | ReconnectOptions | undefined
}

/**
 * The events of a server, read in one loop. It connects when the loop begins; a server that answers 204 ends it, and so do
 * `close` and leaving the loop. The loop throws what no new connection would mend: an answer of another type, a status of 400
 * or above that is not temporary, a certificate.
 */
export interface ServerSentEvents extends AsyncIterable<ServerSentEvent>, AsyncDisposable {
  /** The id that the next connection asks for; empty for none. */
  readonly lastEventId: string
  /** Ends the loop, also while it waits. */
  close(): void
}

/** The options, checked. */
export interface TakenEventSource {
  readonly call: Taken<RequestOptions>
  readonly own: Taken<Pick<EventSourceOptions, 'lastEventId' | 'reconnect' | 'maxEventBytes'>>
}

/** Throws `NET_BAD_OPTION`. */
export function eventSourceOptions(given: EventSourceOptions | undefined): TakenEventSource {
  if (given !== undefined && !option.isObject(given)) requestOptions(given)
  const { lastEventId, reconnect, maxEventBytes, ...rest } = given ?? {}
  const own = ownDoor({ lastEventId, reconnect, maxEventBytes })
  return { call: requestOptions(rest), own }
}

/** Opens one stream: a GET with these fields, whose body is a stream of events. */
export type OpenStream = (
  fields: Readonly<Record<string, string | null>>,
  signal: AbortSignal,
) => Promise<HttpResponse>

/** The events that come over the streams. */
export function eventSource(taken: TakenEventSource, open: OpenStream): ServerSentEvents {
  return new Source(taken, open)
}

class Source implements ServerSentEvents {
  lastEventId: string
  readonly #taken: TakenEventSource
  readonly #open: OpenStream
  readonly #closing = new AbortController()
  /** Connections in a row that did not hold. */
  #failures = 0
  #hasOpened = false
  /** What the server wants us to wait. */
  #asked: number | undefined
  /** When the last event came, by the clock. */
  #lastEvent: number | undefined
  #wake: (() => void) | undefined

  constructor(taken: TakenEventSource, open: OpenStream) {
    this.#taken = taken
    this.#open = open
    const { headers } = taken.call
    const given = headers && new HttpHeaders(headers).get('last-event-id')
    this.lastEventId = taken.own.lastEventId ?? given ?? ''
  }

  [Symbol.asyncIterator](): AsyncGenerator<ServerSentEvent, undefined> {
    return leavable(this.#events(), { leave: () => this.close() })
  }

  close(): void {
    this.#closing.abort()
    this.#wake?.()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  async *#events(): AsyncGenerator<ServerSentEvent, void> {
    const { signal } = this.#taken.call
    throwIfAborted(signal)
    const forget = signal && onSignalAbort(signal, () => this.close())
    try {
      while (!this.#closing.signal.aborted && (yield* this.#connection()));
    } catch (error) {
      if (!this.#closing.signal.aborted) throw error
    } finally {
      forget?.()
      this.close()
    }
    throwIfAborted(signal)
  }

  /** One stream and the wait behind it; resolves to whether another one is to follow. */
  async *#connection(): AsyncGenerator<ServerSentEvent, boolean> {
    const started = clock().now()
    let delay: number | undefined
    try {
      if (!(yield* this.#stream()) || this.#taken.own.reconnect === false) return false
      delay = this.#delay(started)
    } catch (error) {
      delay = this.#delayBehind(error, started)
      if (delay === undefined) throw error
    }
    await this.#wait(delay)
    return true
  }

  /** One stream; resolves to whether another one is to follow. */
  async *#stream(): AsyncGenerator<ServerSentEvent, boolean> {
    const id = Buffer.from(this.lastEventId, 'utf8').toString('latin1')
    const fields = { 'last-event-id': id === '' ? null : id }
    const response = await this.#open(fields, this.#closing.signal)
    if (response.status === 204) return false
    const refusal = notEvents(response.headers, { protocol: 'http' })
    if (refusal !== undefined) {
      response.body.cancel()
      throw refusal
    }
    this.#hasOpened = true
    this.#lastEvent = undefined
    const stream = eventStream(this.#taken.own, this.lastEventId)
    try {
      for await (const event of readEvents(response.body, stream)) {
        this.lastEventId = event.lastEventId
        this.#lastEvent = clock().now()
        yield event
      }
    } finally {
      // A block may have an id and no data.
      this.lastEventId = stream.lastEventId
      if (stream.retry !== undefined) this.#asked = Math.min(stream.retry, MOST_ASKED)
    }
    return true
  }

  /** How long to wait behind a failure; undefined if it is for the loop to know. */
  #delayBehind(error: unknown, started: number): number | undefined {
    if (this.#closing.signal.aborted || !isNetError(error) || !this.#isPassing(error))
      return undefined
    const { reconnect } = this.#taken.own
    if (reconnect === false) return undefined
    const delay = this.#delay(started)
    if (this.#failures > (reconnect?.attempts ?? Infinity)) return undefined
    return Math.max(delay, Math.min(error.retryAfter ?? 0, MOST_ASKED))
  }

  #isPassing(error: NetError): boolean {
    if (error instanceof HttpStatusError) return isTemporary(error.status)
    // A machine that has lost its network finds no names either.
    if (this.#hasOpened && error.code.startsWith('NET_DNS_')) return true
    return error.retry !== 'never'
  }

  #delay(started: number): number {
    const { delay = LEAST, maxDelay = MOST_DELAY } = this.#taken.own.reconnect || {}
    const now = clock().now()
    const gave = this.#lastEvent !== undefined && now - this.#lastEvent >= HELD_BEHIND_EVENT
    this.#failures = gave || now - started >= HELD ? 0 : this.#failures + 1
    const base = Math.max(this.#asked ?? delay, LEAST)
    const doubled = Math.max(base, Math.min(base * 2 ** Math.max(0, this.#failures - 1), maxDelay))
    // Not all clients of a server that was away come back at once.
    return doubled * (1 + Math.random() * JITTER)
  }

  #wait(delay: number): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = clock().after(delay, resolve)
      this.#wake = () => {
        timer.clear()
        resolve()
      }
    })
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal.reason)
}

const ownDoor = optionsDoor<
  Pick<EventSourceOptions, 'lastEventId' | 'reconnect' | 'maxEventBytes'>
>(
  { protocol: 'http', call: 'eventSource' },
  {
    lastEventId: option.text,
    reconnect: option.either<false | ReconnectOptions>(
      [
        option.oneOf(false),
        optionsObject<ReconnectOptions>({
          delay: option.milliseconds,
          maxDelay: option.milliseconds,
          attempts: option.size,
        }),
      ],
      'false, or an object such as { maxDelay: 10_000 }',
    ),
    maxEventBytes: option.count,
  },
)
const LEAST = 1000
const MOST_DELAY = 60_000
const MOST_ASKED = 300_000
const JITTER = 0.2
/** A stream that was open for so long has held. */
const HELD = 10_000
const HELD_BEHIND_EVENT = 1000
