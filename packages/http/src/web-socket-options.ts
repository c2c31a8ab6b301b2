/* What callers choose for a WebSocket, and what they hold. */

import type { NetError } from '@net/core'
import { netError, option, optionsDoor, optionsObject, type Taken } from '@net/core/authoring'
import type { WaitOptions } from '@net/socket'

import { requestOptions, type RequestOptions } from './client-options.ts'
import type { HttpHeaders } from './headers.ts'
import { isToken } from './http1/syntax.ts'
import type { SwitchOptions } from './switching.ts'

/** How a silent peer is noticed. */
export interface WebSocketKeepAlive {
  /** After how many milliseconds of silence the peer is asked for a sign (a ping). Default 30,000. */
  readonly interval?: number | undefined
  /** How long it may take to give one, else `NET_TIMEOUT_KEEPALIVE`. Default 30,000. */
  readonly timeout?: number | undefined
}

/** Options of `webSocket`. */
export interface WebSocketOptions extends SwitchOptions, Pick<RequestOptions, 'redirect'> {
  /** Sub-protocols, the best first (RFC 6455 section 1.9). Default none. */
  readonly protocols?: readonly string[] | undefined
  /** How long a message may be, in bytes and decompressed; a longer one ends the WebSocket with `NET_PROTO_LIMIT`. Default 16 MiB. */
  readonly maxMessageBytes?: number | undefined
  /** Whether compression is offered (permessage-deflate, RFC 7692). Default false. */
  readonly compress?: boolean | undefined
  /** Whether and how a silent server is noticed. Default true. */
  readonly keepAlive?: boolean | WebSocketKeepAlive | undefined
}

/** How a WebSocket is closed. */
export interface WebSocketClose {
  /** 1000, or 3000 to 4999 (RFC 6455 section 7.4). Default 1000. */
  readonly code?: number | undefined
  /** At most 123 bytes of UTF-8. Default none. */
  readonly reason?: string | undefined
  /** How many milliseconds the peer has to close as well. Default 2,000. */
  readonly grace?: number | undefined
}

/** How a WebSocket ended. */
export interface WebSocketEnd {
  /** What the peer said; 1005 if it named no code, 1006 if it said nothing (RFC 6455 section 7.4.1). */
  readonly code: number
  readonly reason: string
}

/**
 * A WebSocket. Its messages are read in one loop, or by `receive`, in order and none lost; while nobody reads the peer has
 * to wait. The loop ends when the peer closes with 1000, 1001 or no code, and throws the error of any other end.
 */
export interface WebSocketConnection extends AsyncIterable<string | Uint8Array>, AsyncDisposable {
  /** Of the answer that agreed. */
  readonly headers: HttpHeaders
  /** The sub-protocol that the server chose; empty for none. */
  readonly protocol: string
  /** Whether messages are compressed. */
  readonly compressed: boolean
  /** How it ended; undefined before. */
  readonly end: WebSocketEnd | undefined
  /** Settles once it has ended, with what took it, or undefined after an orderly end; never rejects. */
  readonly closed: Promise<NetError | undefined>
  /** Sends a message: text, or bytes. Resolves when there is room for more; the bytes may be used again then. Rejects with `NET_CLOSED`, or what took the connection. */
  send(message: string | Uint8Array): Promise<void>
  /** Sends a value as JSON in a text. */
  sendJson(value: unknown): Promise<void>
  /** The next message; null once the peer has closed. What is aborted or too late consumes nothing. */
  receive(options?: WaitOptions): Promise<string | Uint8Array | null>
  /** The value of the next message, which is JSON, else `NET_PROTO_DECODE`; undefined once the peer has closed. */
  receiveJson<T = unknown>(options?: WaitOptions): Promise<T | undefined>
  /** Asks the peer for a sign; resolves to how many milliseconds it took. */
  ping(options?: WaitOptions): Promise<number>
  /** Sends what is on its way, says goodbye and waits for the peer's; cuts it off after `grace`. Never rejects but for wrong options. */
  close(options?: WebSocketClose): Promise<void>
  /** Ends at once. */
  abort(reason?: unknown): void
}

/** The options, checked. */
export interface TakenWebSocket {
  readonly call: Taken<RequestOptions>
  readonly protocols: readonly string[]
  readonly maxMessageBytes: number
  readonly compress: boolean
  readonly keepAlive: { readonly interval: number; readonly timeout: number } | undefined
}

/** Throws `NET_BAD_OPTION`. */
export function webSocketOptions(given: WebSocketOptions | undefined): TakenWebSocket {
  if (given !== undefined && !option.isObject(given)) requestOptions(given)
  const { protocols, maxMessageBytes, compress, keepAlive, ...rest } = given ?? {}
  const own = ownDoor({ protocols, maxMessageBytes, compress, keepAlive })
  const names = own.protocols ?? []
  if (!names.every(isToken) || new Set(names).size < names.length) {
    const message = 'protocols must be tokens, each named once'
    throw netError('NET_BAD_OPTION', { message })
  }
  return {
    call: requestOptions(rest),
    protocols: names,
    maxMessageBytes: own.maxMessageBytes ?? MOST,
    compress: own.compress ?? false,
    keepAlive: keepAliveOf(own.keepAlive ?? true),
  }
}

/** The URL of the handshake. */
export function handshakeUrl(url: string | URL): string | URL {
  const text = url instanceof URL ? url.href : url
  return typeof text === 'string' && WS.test(text) ? text.replace(WS, 'http$1:') : url
}

/** Throws `NET_BAD_OPTION`. */
export function closeOptions(given: WebSocketClose | undefined): {
  readonly code: number
  readonly reason: string
  readonly grace: number
} {
  const { code = 1000, reason = '', grace = 2000 } = closeDoor(given)
  const isAllowed = code === 1000 || (code >= 3000 && code <= 4999)
  if (!isAllowed)
    throw netError('NET_BAD_OPTION', { message: 'code must be 1000, or from 3000 to 4999' })
  if (Buffer.byteLength(reason) > 123)
    throw netError('NET_BAD_OPTION', { message: 'reason must have at most 123 bytes' })
  return { code, reason, grace }
}

function keepAliveOf(given: boolean | WebSocketKeepAlive): TakenWebSocket['keepAlive'] {
  if (given === false) return undefined
  const { interval = QUIET, timeout = QUIET } = given === true ? {} : given
  return { interval, timeout }
}

type OwnOptions = Pick<WebSocketOptions, 'protocols' | 'maxMessageBytes' | 'compress' | 'keepAlive'>
const ownDoor = optionsDoor<OwnOptions>(
  { protocol: 'http', call: 'webSocket' },
  {
    protocols: option.list(option.text),
    maxMessageBytes: option.count,
    compress: option.flag,
    keepAlive: option.either<boolean | WebSocketKeepAlive>(
      [
        option.flag,
        optionsObject<WebSocketKeepAlive>({ interval: option.limit, timeout: option.limit }),
      ],
      'true, false, or an object such as { interval: 10_000 }',
    ),
  },
)
const closeDoor = optionsDoor<WebSocketClose>(
  { protocol: 'http', call: 'close' },
  { code: option.between(1000, 4999), reason: option.text, grace: option.milliseconds },
)
const WS = /^ws(s?):/i
const MOST = 16_777_216
const QUIET = 30_000
