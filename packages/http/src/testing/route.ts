/* What a test server answers, as values: a reply, or a function that makes one for each request. */

import { option, optionsObject, shape, type OptionTable, type Shape } from '@net/core/authoring'
import type { Connection } from '@net/socket'

import type { SeenRequest } from './seen-request.ts'

/** Fields of a reply: a list is several lines of the same name. Each character of a value is a byte. */
export type ReplyHeaders = Readonly<Record<string, string | number | readonly string[]>>

/** Text, as UTF-8, or bytes. */
export type ReplyPiece = string | Uint8Array

/** What a route answers. */
export interface Reply {
  /** Default 200. */
  readonly status?: number | undefined
  /** The reason phrase of HTTP/1.1; default that of the status. */
  readonly reason?: string | undefined
  readonly headers?: ReplyHeaders | undefined
  /** What is iterated is sent piece by piece, each as a chunk of its own. */
  readonly body?: ReplyPiece | Iterable<ReplyPiece> | AsyncIterable<ReplyPiece> | undefined
  /** In place of `body`. */
  readonly json?: unknown
  /** Cuts the body into chunks of so many bytes. */
  readonly chunkSize?: number | undefined
  /**
   * How the client learns where the body ends (RFC 9112 section 6). Default: by its length if it is text or bytes, else by
   * chunks; by the end of the connection for a client of HTTP/1.0. HTTP/2 has frames of its own.
   */
  readonly framing?: 'length' | 'chunked' | 'close' | undefined
  /** Compresses the body, whatever the client asked for; each piece that is iterated leaves at once. */
  readonly coding?: 'gzip' | 'deflate' | 'br' | 'zstd' | undefined
  /** Gives a part of text or bytes where the client asks for one (`Range`, `If-Range`; RFC 9110 section 14). */
  readonly ranges?: boolean | undefined
  /** Sent behind the body, which then is in chunks. */
  readonly trailers?: Readonly<Record<string, string>> | undefined
  /** Interim responses, which come first (RFC 9110 section 15.2). */
  readonly interim?: readonly InterimReply[] | undefined
  /**
   * Takes the connection over behind the head, with status 101, or 200 to CONNECT: what follows is no HTTP. It is closed
   * when this returns. Not in HTTP/2.
   */
  readonly connection?: ((connection: Connection) => void | Promise<void>) | undefined
  /** Sent as it is in place of all other members, head and all; the connection is closed behind it. Not in HTTP/2. */
  readonly raw?: ReplyPiece | Iterable<ReplyPiece> | AsyncIterable<ReplyPiece> | undefined
}

/** A response before the final one. */
export interface InterimReply {
  /** From 100 to 199, but not 101. */
  readonly status: number
  readonly headers?: ReplyHeaders | undefined
}

/** What a route may do before it answers. */
export interface RouteExchange {
  /** The body of the request as it arrives, once. Whoever reads it lets a client go on that waits for 100 (Continue). */
  readonly content: AsyncIterable<Uint8Array>
  /** Waits for the whole body. */
  bytes(): Promise<Uint8Array>
  /** Sends an interim response now. */
  interim(status: number, headers?: ReplyHeaders): Promise<void>
  /**
   * Aborted when the client has gone. Over HTTP/1.1 not while more than 1 MiB of the request's body is unread: a connection
   * says that it has ended behind its last byte, and a server that makes a client wait does not read that far. To hear of it,
   * read `content`; in HTTP/2 it is told at once.
   */
  readonly signal: AbortSignal
}

/** Answers a request: always the same, or by a function, whose request may still be on its way. */
export type Route =
  | Reply
  | ((request: SeenRequest, exchange: RouteExchange) => Reply | Promise<Reply>)

const piece = option.either<ReplyPiece>([option.text, option.binary])
const iterated: Shape<Iterable<ReplyPiece> | AsyncIterable<ReplyPiece>> = shape(
  'something that can be iterated',
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value),
)
const content = option.either<Exclude<Reply['body'], undefined>>(
  [piece, iterated],
  'text, bytes, or something that gives these piece by piece',
)
const fields: Shape<ReplyHeaders> = option.record(
  option.either<string | number | readonly string[]>([
    option.text,
    option.between(0, Number.MAX_SAFE_INTEGER),
    option.list(option.text),
  ]),
)

const replyTable: OptionTable<Reply> = {
  status: option.between(101, 999),
  reason: option.text,
  headers: fields,
  body: content,
  json: option.anything,
  chunkSize: option.count,
  framing: option.oneOf('length', 'chunked', 'close'),
  coding: option.oneOf('gzip', 'deflate', 'br', 'zstd'),
  ranges: option.flag,
  trailers: option.record(option.text),
  interim: option.list(
    optionsObject<InterimReply>({
      status: option.required(option.between(100, 199)),
      headers: fields,
    }),
  ),
  connection: option.callback(),
  raw: content,
}

/** What a reply may be. */
export const replyShape: Shape<Reply> = optionsObject<Reply>(replyTable)

/** What a route may be. */
export const routeShape: Shape<Route> = option.either<Route>(
  [option.callback<Exclude<Route, Reply>>(), replyShape],
  'a reply, such as { status: 204 }, or a function that gives one',
)
