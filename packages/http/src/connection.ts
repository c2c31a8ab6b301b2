/*
 * What the rest of the package asks of an engine, in our own words: a connection that carries one exchange at a time.
 */

import type { NetError } from '@net/core'

/** A request as it goes on the wire. */
export interface WireRequest {
  readonly method: string
  /** Path and query (RFC 9112 section 3.2.1). */
  readonly target: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined
}

/** What is told about the exchange; nothing more once it has ended or failed. */
export interface WireReceiver {
  /** Bytes of the request leave from here on. */
  started(): void
  /** The final answer's head; `headers` are names and values in turn. */
  head(status: number, reason: string, headers: readonly Buffer[]): void
  data(chunk: Uint8Array): void
  end(): void
  failed(error: NetError): void
}

/** What a connection tells its owner. */
export interface ConnectionEvents {
  /** An exchange ended that leaves the connection fit for another one. */
  free(connection: HttpConnection): void
  /** The connection is gone; told once. */
  gone(connection: HttpConnection): void
}

/** One connection to a server. */
export interface HttpConnection {
  /** How many exchanges it has begun. */
  readonly exchanges: number
  /** Sends a request; there must be no other exchange under way. */
  send(request: WireRequest, receiver: WireReceiver): void
  /** Stops reading the body of the answer. */
  pause(): void
  resume(): void
  /** Lets the connection go at once; what is under way hears nothing more. */
  destroy(): void
}
