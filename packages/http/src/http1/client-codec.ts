/*
 * HTTP/1.1 as a client speaks it, without I/O: what we say becomes bytes, the bytes of the server become events. What may
 * follow what is in `state.ts`.
 */

import { netError } from '@net/core/authoring'

import { isKept, notesOf, responseFraming, type Framing, type Notes } from './framing.ts'
import { HEAD_LIMIT, type HeadReader } from './head.ts'
import { MessageReader, type MessageEvents } from './message-reader.ts'
import { BodyWriter } from './message-writer.ts'
import { ExchangeState } from './state.ts'
import type { StatusLine } from './start-line.ts'
import { malformed, tooMuch } from './syntax.ts'

/** A response without its body. */
export interface ResponseHead extends StatusLine {
  /** Names and values in turn, as they came. */
  readonly fields: readonly string[]
  readonly notes: Notes
}

/** Hears what the server said. */
export interface ClientEvents {
  /** An interim response (RFC 9110 section 15.2). */
  interim(status: number, fields: readonly string[]): void
  head(head: ResponseHead, framing: Framing): void
  data(chunk: Buffer): void
  /** The response is complete. */
  end(trailers: readonly string[]): void
  /** The connection speaks another protocol from here on, as was requested. */
  switched(head: ResponseHead): void
  /** Bytes of that protocol. */
  rest(bytes: Buffer): void
}

/** What the codec needs to know of a request. */
export interface RequestMark {
  readonly method: string
  /** How its body ends; 0 without one. */
  readonly framing: Framing
  /** Whether it asks for another protocol. */
  readonly upgrades?: boolean
}

/** How a client's codec reads. */
export interface ClientCodecOptions {
  /** Whether lines may end with LF alone, as those of some devices do. Default false. */
  readonly lenient?: boolean | undefined
  /** How many bytes a head may have, trailers, and the line of a chunk's size, each. Default 65,536. */
  readonly maxHeaderBytes?: number | undefined
}

/** One connection, seen by the client. */
export class ClientCodec implements MessageEvents {
  readonly #events: ClientEvents
  readonly #state = new ExchangeState()
  readonly #reader: MessageReader
  readonly #writer = new BodyWriter()
  #method = ''
  #upgrades = false
  #interim = 0
  #head: ResponseHead | undefined

  constructor(events: ClientEvents, options: ClientCodecOptions = {}) {
    const { lenient = false, maxHeaderBytes: limit = HEAD_LIMIT } = options
    this.#events = events
    this.#reader = new MessageReader({ what: 'response', lenient, limit }, this)
  }

  /** Whether another request may be sent once `next` has been called. */
  get mayGoOn(): boolean {
    return this.#state.mayGoOn
  }

  /** Whether the request has been sent completely. */
  get hasSent(): boolean {
    return this.#state.client !== 'sending'
  }

  /** A request begins. */
  request({ method, framing, upgrades = false }: RequestMark): void {
    this.#state.step('client', 'request')
    this.#method = method
    this.#upgrades = upgrades
    this.#interim = 0
    this.#writer.begin(framing)
    this.#reader.begin()
    if (framing === 0) this.#state.step('client', 'end')
  }

  /** Pieces of the request's body as bytes. */
  piece(...pieces: readonly Uint8Array[]): readonly Uint8Array[] {
    const bytes = this.#writer.data(...pieces)
    this.#state.step('client', 'data')
    return bytes
  }

  /** The end of the request's body as bytes; trailers only behind chunks. */
  finalPiece(trailers?: readonly string[]): readonly Uint8Array[] {
    const bytes = this.#writer.end(trailers)
    this.#state.step('client', 'end')
    return bytes
  }

  /** Takes what arrived. Throws for what HTTP does not allow; the connection is good for nothing then. */
  receive(bytes: Buffer): void {
    this.#reader.read(bytes)
  }

  /** The server has ended. Throws `NET_PROTO_INCOMPLETE` within a body, and `NET_CONN_CLOSED` before it. */
  finish(): void {
    if (this.#state.server !== 'answering') this.#reader.finish()
    else {
      const where = this.#reader.isWithin ? ' within the head of its response' : ''
      throw netError('NET_CONN_CLOSED', { message: `the server closed the connection${where}` })
    }
  }

  /** The next exchange may begin. */
  next(): void {
    this.#state.goOn()
  }

  headed(reader: HeadReader): Framing | 'interim' | 'switched' {
    const line = reader.status
    if (line === undefined) throw malformed('response', 'no status')
    const fields = reader.takeFields()
    if (line.status < 200 && line.status !== 101) return this.#informed(line.status, fields)
    const head = this.#headOf(line, fields)
    if (line.status === 101) return this.#switch(head)
    const tunnels = this.#method === 'CONNECT' && line.status < 300
    if (tunnels) return this.#switched(head)
    const framing = responseFraming(this.#method, line.status, head.notes)
    if (framing === 'close' || !isKept(line.minor, head.notes)) this.#state.keepNot()
    this.#state.step('server', 'response')
    this.#events.head(head, framing)
    return framing
  }

  arrived(chunk: Buffer): void {
    this.#events.data(chunk)
  }

  ended(trailers: readonly string[]): void {
    this.#state.step('server', 'end')
    this.#events.end(trailers)
  }

  beyond(bytes: Buffer): void {
    if (this.#state.server !== 'switched')
      throw netError('NET_PROTO_UNEXPECTED', {
        message: 'the server sent a response without a request',
      })
    this.#events.rest(bytes)
  }

  /** A head that is the same as the one before has the same list of fields. */
  #headOf(line: StatusLine, fields: readonly string[]): ResponseHead {
    const before = this.#head
    if (before?.fields === fields && before.status === line.status) return before
    this.#head = headOf(line, fields)
    return this.#head
  }

  #informed(status: number, fields: readonly string[]): 'interim' {
    this.#state.step('server', 'interim')
    this.#interim += 1
    if (this.#interim > MOST_INTERIM) {
      const message = `the server sent more than ${MOST_INTERIM} informational responses (1xx)`
      throw tooMuch(message, MOST_INTERIM)
    }
    this.#events.interim(status, fields)
    return 'interim'
  }

  #switch(head: ResponseHead): 'switched' {
    if (this.#upgrades && head.notes.upgrades) return this.#switched(head)
    throw netError('NET_PROTO_UNEXPECTED', {
      message: 'the server switched the protocol, and the client had not requested that',
    })
  }

  #switched(head: ResponseHead): 'switched' {
    this.#state.step('server', 'switch')
    this.#events.switched(head)
    return 'switched'
  }
}

function headOf({ minor, status, reason }: StatusLine, fields: readonly string[]): ResponseHead {
  return { minor, status, reason, fields, notes: notesOf(fields, 'response') }
}
const MOST_INTERIM = 16
