/*
 * What the rest of the package asks of an engine, in our own words: a connection that carries one exchange at a time,
 * or one that has lanes for several.
 */

import type { NetError } from '@net/core'

/** A body in pieces of at most 64 KiB. */
export interface BodyPieces extends AsyncIterable<Uint8Array> {
  /** The next piece, if it is there already; it may leave together with the one before. */
  ready?(): Uint8Array | undefined
}

/** A request as it goes on the wire. */
export interface WireRequest {
  readonly method: string
  /** Path and query (RFC 9112 section 3.2.1). */
  readonly target: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
  /** The next piece is requested once the bytes of the last one may be used again. */
  readonly body: Uint8Array | BodyPieces | undefined
  /** Whether the body waits until the server says that it wants it. */
  readonly expects?: boolean
  /** Gives what follows the body, names and values in turn, once all of it has left; the body then has no length. */
  readonly trailers?: () => readonly string[]
}

/** The head of an answer. */
export interface WireHead {
  readonly status: number
  /** Empty if there is none. */
  readonly reason: string
  /** Names and values in turn, as they came; each character is a byte. */
  readonly fields: readonly string[]
  /** How many bytes of body follow; undefined if only its end decides. */
  readonly size: number | undefined
}

/** Receives the events of the exchange; none after it has ended or failed. */
export interface WireReceiver {
  /** Bytes of the request leave from here on. */
  started(): void
  /** An interim answer; `fields` are names and values in turn. */
  interim(status: number, fields: readonly string[]): void
  /** The final answer has begun. */
  head(head: WireHead): void
  /** What came together with the head has been delivered, a short body whole. */
  settled(): void
  data(chunk: Uint8Array): void
  /** Trailers are names and values in turn. */
  end(trailers: readonly string[]): void
  failed(error: NetError): void
  /** Where the bytes of the body may be read to, as with `ByteReceiver` of @net/socket. */
  memory?(): Uint8Array | undefined
}

/** Receives the events of a connection. */
export interface ConnectionEvents {
  /** An exchange ended that leaves the connection fit for another one, or there is room for one more. */
  free(connection: HttpConnection | SharedConnection): void
  /** Its answer waits for the program, which has not begun to read it. */
  held?(): void
  /** The connection has ended, or accepts no more requests; called once. */
  gone(connection: HttpConnection | SharedConnection): void
}

/** What a connection speaks, by its ALPN name (RFC 7301). */
export type HttpProtocol = 'http/1.1' | 'h2'

/** One connection to a server, or one lane of it. */
export interface HttpConnection {
  readonly protocol: HttpProtocol
  /** How many exchanges it has begun. */
  readonly exchanges: number
  /** Sends a request; there must be no other exchange under way. */
  send(request: WireRequest, receiver: WireReceiver): void
  /** Stops reading the body of the answer; `begun` says whether the program has begun to read it. */
  pause(begun: boolean): void
  resume(): void
  /** Whether only the program can free it: its answer waits to be read, and the program reads something else. */
  readonly isHeld: boolean
  /** After `NET_PROXY_AUTH`: whether the request may be sent again over another connection, with another login for the proxy. */
  readonly wantsLogin?: boolean
  /** Closes the connection at once; running exchanges get no more events. */
  destroy(): void
}

/** A connection to a server that carries several exchanges at once. */
export interface SharedConnection {
  /** Whether it may take more, now or once an exchange has ended. */
  readonly open: boolean
  /** How many exchanges are under way. */
  readonly busy: number
  /** Whether only the program can end any of them. */
  readonly isHeld: boolean
  /** A place for one exchange, which is its own; undefined if there is no room at the moment. */
  lane(): HttpConnection | undefined
  /** Closes the connection at once; running exchanges fail. */
  destroy(): void
}
