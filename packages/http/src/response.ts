/* An answer: status, headers, and a body that is read once, in the form that the caller asks for. */

import { isNetError, type ErrorContext, type NetError, type Sink } from '@net/core'
import {
  addContext,
  argument,
  harmless,
  netError,
  option,
  PRINTING,
  traceToCaller,
} from '@net/core/authoring'

import { ReceivedBody, type HttpBody } from './body.ts'
import { readLines } from './body-lines.ts'
import { untilCallEnd, type CallEnd } from './call-end.ts'
import type { HttpProtocol } from './connection.ts'
import type { ServerSentEvent } from './event-stream.ts'
import { HttpHeaders } from './headers.ts'
import { readJsonLines } from './json-lines.ts'
import { linksIn, type HttpLinks } from './links.ts'
import { eventStream, notEvents, readEvents, type EventOptions } from './read-events.ts'
import { validated, type ResponseSchema } from './response-schema.ts'
import { shownUrl } from './shown-url.ts'
import { checkCharset, checkEvents, checkSchema } from './reading-doors.ts'
import { charsetIn } from './charset.ts'
import {
  checkDecoder,
  decodeText,
  parseJson,
  readBytes,
  saveBody,
  type ReadingRules,
} from './reading.ts'

/** An answer that redirected to the one that follows it. */
export interface HistoryEntry {
  readonly status: number
  /** Where it came from, without credentials. */
  readonly url: string
  readonly headers: HttpHeaders
}

/** When things happened, in milliseconds since the call began. */
export interface Timings {
  /** Whether the connection had served other requests before. */
  readonly reused: boolean
  /** When there was a connection. */
  readonly connected: number
  /** When the head of the answer was there. */
  readonly answered: number
}

/** The charset of a text: its name, or a function that detects it from the bytes. */
export type Charset = string | ((bytes: Uint8Array) => string)

/** Reading a body in one go; the second time it is `NET_BODY_CONSUMED`. All reject with `NET_PROTO_INCOMPLETE` if it ends early. */
export interface BodyReaders {
  /** The value of a JSON body of at most 10 MiB; `NET_PROTO_DECODE` if it is not JSON, or if the schema refuses it. */
  json<T = unknown>(schema?: ResponseSchema<T>): Promise<T>
  /** The text of at most 100 MiB, in the charset given, else that of the `Content-Type`, else UTF-8. */
  text(charset?: Charset): Promise<string>
  /** All bytes, at most 100 MiB. */
  bytes(): Promise<Uint8Array>
  /** The lines of a text as they come in, without their ends. */
  lines(charset?: string): AsyncIterable<string>
  /** The JSON value of each line (NDJSON) as they come in; `NET_PROTO_DECODE` for a line that is none, or that the schema refuses. */
  jsonLines<T = unknown>(schema?: ResponseSchema<T>): AsyncIterable<T>
  /**
   * The events of a `text/event-stream` as they come in; `NET_PROTO_UNEXPECTED` for another type. It ends with the answer:
   * what connects again is `eventSource` of a client.
   */
  events(options?: EventOptions): AsyncIterable<ServerSentEvent>
  /** Writes the body to a file or stream; resolves to the number of bytes once all are there. */
  saveTo(sink: Sink): Promise<number>
}

/** A response. Disposing it discards the unread part of its body. */
export interface HttpResponse extends BodyReaders, AsyncDisposable {
  readonly status: number
  /** The words beside the status; often empty. */
  readonly statusText: string
  /** Whether the status is from 200 to 299. */
  readonly ok: boolean
  /** Where the answer came from after all redirects, without credentials. */
  readonly url: string
  readonly headers: HttpHeaders
  /** What the field `Link` says of other resources, by relation: `links.next?.url` (RFC 8288). Throws `NET_PROTO_MALFORMED`. */
  readonly links: HttpLinks
  /** The redirects that led here, the first one first. */
  readonly history: readonly HistoryEntry[]
  /**
   * What the connection speaks, by its ALPN name: `h2`, or `http/1.1`, in which a server of HTTP/1.0 is spoken to too.
   * Undefined for an answer that no server gave.
   */
  readonly protocol: HttpProtocol | undefined
  readonly timings: Timings
  /** Whether it comes from the client's cache; with `Age` in its headers then. */
  readonly cached: boolean
  /** Settles once the body was received, discarded or lost, then with its error; never rejects. */
  readonly closed: Promise<NetError | undefined>
  /** The bytes as they come in, decoded. */
  readonly body: HttpBody
  /** The fields behind the body (RFC 9110 section 6.5): none before all of it has been received. */
  readonly trailers: HttpHeaders
}

/** What an answer is made of. */
export interface ResponseParts {
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly headers: HttpHeaders
  readonly history: readonly HistoryEntry[]
  readonly protocol?: HttpProtocol
  readonly cached?: boolean
  readonly timings: Timings
  readonly body: HttpBody
  /** The body as it came, which knows what came behind it. */
  readonly received?: { readonly trailers: readonly string[] }
  /** A coding that the body still has, and that makes it no text. */
  readonly coding?: string
  readonly rules: ReadingRules
}

/** The limits on bodies read in one go: `maxBytes` if the caller chose, else 100 MiB and 10 MiB for JSON. */
export function readingRules(
  maxBytes: number | undefined,
  context: ErrorContext,
  end?: CallEnd,
): ReadingRules {
  const most = maxBytes ?? MOST
  const mostJson = maxBytes ?? MOST_JSON
  return end === undefined ? { most, mostJson, context } : { most, mostJson, context, end }
}

/** The one kind of answer. */
export class ClientResponse implements HttpResponse {
  readonly #parts: ResponseParts

  static {
    // Declared as a computed member it would need type inference to make this file's declarations.
    Object.defineProperty(ClientResponse.prototype, PRINTING, {
      value(this: ClientResponse) {
        const { status, statusText, url, headers } = this
        return { status, statusText: harmless(statusText), url: shownUrl(url), headers }
      },
    })
  }

  constructor(parts: ResponseParts) {
    this.#parts = parts
  }

  get status(): number {
    return this.#parts.status
  }

  get statusText(): string {
    return this.#parts.statusText
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  get url(): string {
    return this.#parts.url
  }

  get headers(): HttpHeaders {
    return this.#parts.headers
  }

  get links(): HttpLinks {
    return linksIn(this.headers.getAll('link'), this.url)
  }

  get history(): readonly HistoryEntry[] {
    return this.#parts.history
  }

  get protocol(): HttpProtocol | undefined {
    return this.#parts.protocol
  }

  get cached(): boolean {
    return this.#parts.cached ?? false
  }

  get timings(): Timings {
    return this.#parts.timings
  }

  get closed(): Promise<NetError | undefined> {
    return this.body.closed
  }

  get body(): HttpBody {
    return this.#parts.body
  }

  get trailers(): HttpHeaders {
    const trailers = this.#parts.received?.trailers ?? []
    return trailers.length === 0 ? HttpHeaders.none : HttpHeaders.received(trailers)
  }

  /** The same answer with some parts exchanged; the two share their body. */
  with(changes: Partial<ResponseParts>): ClientResponse {
    return new ClientResponse({ ...this.#parts, ...changes })
  }

  async json<T = unknown>(schema?: ResponseSchema<T>): Promise<T> {
    checkSchema(schema)
    const { mostJson, context, end } = this.#parts.rules
    this.#mustBeDecoded()
    try {
      const value = this.#json(await readBytes(this.body, mostJson, context))
      if (schema === undefined) return value as T
      return await untilCallEnd(validated(value, schema, context), end, context)
    } catch (error) {
      throw told(error, context)
    }
  }

  async text(charset?: Charset): Promise<string> {
    checkCharset('text', charset)
    const { most, context } = this.#parts.rules
    this.#mustBeText(charset)
    try {
      return this.#text(await readBytes(this.body, most, context), charset)
    } catch (error) {
      throw told(error, context)
    }
  }

  async bytes(): Promise<Uint8Array> {
    const { most, context } = this.#parts.rules
    try {
      return await readBytes(this.body, most, context)
    } catch (error) {
      throw told(error, context)
    }
  }

  /** What `json()` gives, at once if the body is there already. */
  jsonNow<T>(): T | Promise<T> {
    this.#mustBeDecoded()
    return this.#now(
      (bytes) => this.#json(bytes) as T,
      () => this.json<T>(),
    )
  }

  /** What `text()` gives, at once if the body is there already. */
  textNow(charset: Charset | undefined): string | Promise<string> {
    this.#mustBeText(charset)
    return this.#now(
      (bytes) => this.#text(bytes, charset),
      () => this.text(charset),
    )
  }

  /** What `bytes()` gives, at once if the body is there already. */
  bytesNow(): Uint8Array | Promise<Uint8Array> {
    return this.#now(
      (bytes) => bytes,
      () => this.bytes(),
    )
  }

  lines(charset?: string): AsyncIterable<string> {
    checkCharset('lines', charset)
    const { coding, rules } = this.#parts
    if (coding !== undefined) return failing(isCoded(coding, rules.context))
    return readLines(this.body, charset ?? this.#charset(), rules)
  }

  jsonLines<T = unknown>(schema?: ResponseSchema<T>): AsyncIterable<T> {
    checkSchema(schema, 'jsonLines')
    const { context } = this.#parts.rules
    return readJsonLines(this.lines('utf-8'), { context }, (value) =>
      schema === undefined ? (value as T) : validated(value, schema, context),
    )
  }

  events(options?: EventOptions): AsyncIterable<ServerSentEvent> {
    checkEvents(options)
    const { coding, rules } = this.#parts
    const refusal = notEvents(this.headers, rules.context)
    if (refusal !== undefined) return failing(refusal)
    if (coding !== undefined) return failing(isCoded(coding, rules.context))
    return readEvents(this.body, eventStream(options))
  }

  async saveTo(sink: Sink): Promise<number> {
    const { rules } = this.#parts
    try {
      return await saveBody(this.body, sink, rules)
    } catch (error) {
      throw told(error, rules.context)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.body.cancel()
  }

  #now<T>(read: (bytes: Uint8Array) => T, later: () => Promise<T>): T | Promise<T> {
    const { body, rules } = this.#parts
    try {
      const whole = body instanceof ReceivedBody ? body.takeWhole() : undefined
      return whole === undefined ? later() : read(whole)
    } catch (error) {
      throw told(error, rules.context)
    }
  }

  /** Throws `NET_PROTO_DECODE` before anything is read, so that the body can be read in another way. */
  #mustBeDecoded(): void {
    const { coding, rules } = this.#parts
    if (coding !== undefined) throw told(isCoded(coding, rules.context), rules.context)
  }

  /** The same for a text, also for a charset that nobody knows. */
  #mustBeText(charset: Charset | undefined): void {
    this.#mustBeDecoded()
    const { rules } = this.#parts
    try {
      if (typeof charset !== 'function') checkDecoder(charset ?? this.#charset(), rules.context)
    } catch (error) {
      throw told(error, rules.context)
    }
  }

  #json(bytes: Uint8Array): unknown {
    return parseJson(bytes, this.#parts.rules.context, this.headers)
  }

  #text(bytes: Uint8Array, charset: Charset | undefined): string {
    const given = typeof charset === 'function' ? charsetBy(charset, bytes) : charset
    return decodeText(bytes, given ?? this.#charset(), this.#parts.rules.context)
  }

  #charset(): string {
    return charsetIn(this.headers.get('content-type'))
  }
}

/** Whether all of its body has arrived. */
export function isComplete({ body }: HttpResponse): boolean {
  return body instanceof ReceivedBody && body.ended
}

/** The error of a body that cannot be read or saved, told as the call that asked for it, at the line that waits for it. */
function told(error: unknown, context: ErrorContext): unknown {
  if (isNetError(error)) traceToCaller(addContext(error, context))
  return error
}

/** The error of a text that would be compressed bytes. */
function isCoded(coding: string, context: ErrorContext): NetError {
  const message = `the body is encoded as ${harmless(coding)}, which the client does not decode here; read it with bytes() or saveTo()`
  return netError('NET_PROTO_DECODE', { message, phase: 'receive', ...context })
}

function failing(error: NetError): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) }
}

function charsetBy(find: (bytes: Uint8Array) => string, bytes: Uint8Array): string {
  return argument('what charset gives', option.text, find(bytes))
}

const MOST = 104_857_600
const MOST_JSON = 10_485_760
