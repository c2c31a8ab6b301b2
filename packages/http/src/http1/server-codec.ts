/*
 * HTTP/1.1 as a server speaks it, without I/O: the bytes of the client become events, what we answer becomes bytes. A
 * request behind the one that is being answered waits.
 */

import { netError } from '@net/core/authoring'

import { isKept, notesOf, requestFraming, type Framing, type Notes } from './framing.ts'
import { HEAD_LIMIT, type HeadReader } from './head.ts'
import { MessageReader, type MessageEvents } from './message-reader.ts'
import { BodyWriter, latin1Bytes, headText } from './message-writer.ts'
import type { RequestLine } from './start-line.ts'
import { ExchangeState } from './state.ts'
import { malformed } from './syntax.ts'

/** A request without its body. */
export interface RequestHead extends RequestLine {
  readonly fields: readonly string[]
  readonly notes: Notes
}

/** Hears what the client said. */
export interface ServerEvents {
  head(head: RequestHead, framing: Framing): void
  data(chunk: Buffer): void
  /** The request is complete. */
  end(trailers: readonly string[]): void
  /** Bytes of the protocol to which both sides have switched. */
  rest(bytes: Buffer): void
}

/** An answer without its body. */
export interface AnswerHead {
  readonly status: number
  readonly reason?: string
  readonly fields: readonly string[]
}

/** How a server's codec reads. */
export interface ServerCodecOptions {
  readonly lenient?: boolean
  /** How many bytes a head may have. Default 64 KiB. */
  readonly limit?: number
}

/** One connection, seen by the server. */
export class ServerCodec implements MessageEvents {
  readonly #events: ServerEvents
  readonly #state = new ExchangeState()
  readonly #reader: MessageReader
  readonly #writer = new BodyWriter()
  #method = ''
  #minor = 1
  /** What came behind the request that is being answered. */
  #waiting: Buffer[] = []

  constructor(
    events: ServerEvents,
    { lenient = false, limit = HEAD_LIMIT }: ServerCodecOptions = {},
  ) {
    this.#events = events
    this.#reader = new MessageReader({ what: 'request', lenient, limit }, this)
    this.#reader.begin()
  }

  /** Whether the next request may be read once `next` has been called. */
  get mayGoOn(): boolean {
    return this.#state.mayGoOn
  }

  /** Whether a request has begun that is not complete. */
  get isWithin(): boolean {
    return this.#reader.isWithin
  }

  /** Whether the connection ends with the response that was sent. */
  get isLast(): boolean {
    return this.#state.server === 'mustClose'
  }

  /** How many bytes have come behind the request that is being answered. */
  get behind(): number {
    return this.#waiting.reduce((sum, { length }) => sum + length, 0)
  }

  /** Takes what arrived. Throws for what HTTP does not allow; nothing can be read afterwards. */
  receive(bytes: Buffer): void {
    this.#reader.read(bytes)
  }

  /** The client has ended. Throws `NET_PROTO_INCOMPLETE` within a request. */
  finish(): void {
    this.#reader.finish()
  }

  /** An interim response as bytes; nothing to a client of HTTP/1.0, which knows none (RFC 9110 section 15.2). */
  interim(head: AnswerHead): Buffer {
    this.#state.step('server', 'interim')
    return latin1Bytes(this.#minor === 0 ? '' : textOf(head))
  }

  /** The head of a response as bytes. */
  response(head: AnswerHead): Buffer {
    const notes = notesOf(head.fields, 'response')
    const framing = this.#framing(head.status, notes)
    if (framing === 'close' || !isKept(this.#minor, notes)) this.#state.keepNot()
    this.#state.step('server', 'response')
    this.#writer.begin(framing)
    return latin1Bytes(textOf(head))
  }

  /** A piece of the response's body as bytes. */
  piece(chunk: Uint8Array): readonly Uint8Array[] {
    this.#state.step('server', 'data')
    return this.#writer.data(chunk)
  }

  /** The end of the response as bytes. */
  finalPiece(trailers?: readonly string[]): readonly Uint8Array[] {
    const bytes = this.#writer.end(trailers)
    this.#state.step('server', 'end')
    return bytes
  }

  /** The answer 101, or 200 to CONNECT, as bytes; what follows is not HTTP. */
  switchTo(head: AnswerHead): Buffer {
    this.#state.step('server', 'switch')
    this.#read()
    return latin1Bytes(textOf(head))
  }

  /** The next request may be read: what has come of it is read at once. */
  next(): void {
    this.#state.goOn()
    this.#reader.begin()
    this.#read()
  }

  headed(reader: HeadReader): Framing | 'switched' {
    const line = reader.request
    if (line === undefined) throw malformed('request', 'no method')
    const fields = reader.takeFields()
    const notes = notesOf(fields, 'request')
    const framing = requestFraming(line.minor, notes)
    this.#state.step('client', 'request')
    this.#method = line.method
    this.#minor = line.minor
    if (!isKept(line.minor, notes)) this.#state.keepNot()
    const { minor, method, target } = line
    this.#events.head({ minor, method, target, fields, notes }, framing)
    return framing
  }

  arrived(chunk: Buffer): void {
    this.#events.data(chunk)
  }

  ended(trailers: readonly string[]): void {
    this.#state.step('client', 'end')
    this.#events.end(trailers)
  }

  beyond(bytes: Buffer): void {
    if (this.#state.client === 'switched') this.#events.rest(bytes)
    else this.#waiting.push(bytes)
  }

  #read(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const bytes of waiting) this.#reader.read(bytes)
  }

  #framing(status: number, { length, codings }: Notes): Framing {
    if (this.#method === 'HEAD' || status === 204 || status === 304) return 0
    if (codings === undefined) return length ?? 'close'
    if (codings !== 'chunked' || this.#minor === 0 || length !== undefined)
      throw netError('NET_BAD_HEADER', { message: 'this client cannot read such a framing' })
    return 'chunked'
  }
}

function textOf({ status, reason = '', fields }: AnswerHead): string {
  for (const part of [reason, ...fields]) {
    if (CONTROL.test(part))
      throw netError('NET_INJECTION', { message: 'the head of a response contains a line break' })
  }
  return headText(`HTTP/1.1 ${status} ${reason}`, fields)
}

const CONTROL: RegExp = new RegExp('[\\u0000\\r\\n]')
