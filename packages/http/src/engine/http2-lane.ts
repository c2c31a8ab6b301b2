/*
 * One exchange over a connection of HTTP/2: a stream of Node's behind our own interface. Ends its stream and
 * nothing else.
 */

import {
  constants,
  sensitiveHeaders,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2'

import type { NetError } from '@net/core'
import { copyOf, hasCode, netError, SMALL_CHUNK, translate, written } from '@net/core/authoring'

import type { HttpConnection, WireReceiver, WireRequest } from '../connection.ts'
import { wrongLength } from '../content-length.ts'
import { heldFrom, isHeldBy } from '../held.ts'
import { http2Errors, StreamEnded } from './http2-errors.ts'

/** Where a lane belongs. */
export interface LaneParts {
  readonly session: ClientHttp2Session
  /** `host:port` of the URL. */
  readonly authority: string
  /** How many exchanges the connection has begun with this one. */
  readonly exchanges: number
  /** How many bytes a header section may have. */
  readonly maxHeaderBytes: number
  /** Is called once, when the lane is free again; `finished` if the response is complete. */
  left(finished: boolean): void
}

/** A place for one exchange. */
export class Http2Lane implements HttpConnection {
  readonly protocol = 'h2'
  readonly exchanges: number
  readonly #parts: LaneParts
  #receiver: WireReceiver | undefined
  #stream: ClientHttp2Stream | undefined
  #error: Error | undefined
  #expected: number | undefined
  #ended = false
  #received = 0
  #bodiless = false
  #headed = false
  #trailers: readonly string[] = []
  #interim = 0
  #heldFrom: number | undefined
  #left = false

  constructor(parts: LaneParts) {
    this.exchanges = parts.exchanges
    this.#parts = parts
  }

  send(request: WireRequest, receiver: WireReceiver): void {
    this.#receiver = receiver
    const { body, method } = request
    this.#bodiless = method === 'HEAD'
    try {
      const headers = fieldsOf(request, this.#parts.authority)
      const waitForTrailers = request.trailers !== undefined
      const endStream = body === undefined
      const stream = this.#parts.session.request(headers, { endStream, waitForTrailers })
      this.#stream = stream
      this.#listen(stream)
      receiver.started()
      if (body !== undefined) void this.#upload(stream, request, body)
    } catch (error) {
      this.#fail(error)
    }
  }

  get isHeld(): boolean {
    return isHeldBy(this.#heldFrom)
  }

  pause(begun: boolean): void {
    this.#heldFrom = heldFrom(begun)
    this.#stream?.pause()
  }

  resume(): void {
    this.#heldFrom = undefined
    this.#stream?.resume()
  }

  destroy(): void {
    this.#receiver = undefined
    this.#stream?.close(constants.NGHTTP2_CANCEL)
    this.#leave(false)
  }

  /** The connection is about to end: a complete response that was not read yet is handed over. */
  flush(): void {
    const stream = this.#stream
    if (stream?.closed !== true) return
    // Informs the listeners for data.
    while (stream.read() !== null);
    this.#finish(stream)
  }

  /** The connection is lost. */
  lose(error: NetError): void {
    this.#fail(error)
  }

  #listen(stream: ClientHttp2Stream): void {
    this.#watchEnd(stream)
    stream.on('headers', (headers) => this.#informed(Number(headers[':status']), headers))
    stream.once('response', (headers) => {
      this.#head(Number(headers[':status']), headers)
      // Not earlier: Node emits bytes at once, and the header section that they came with a turn later.
      stream.on('data', (chunk: Buffer) => {
        this.#received += chunk.length
        this.#receiver?.data(chunk)
      })
      stream.once('trailers', (trailers: IncomingHttpHeaders) => {
        this.#trailers = fieldsIn(trailers)
      })
      stream.once('end', () => this.#finish(stream))
    })
    stream.on('error', (error: Error) => {
      this.#error = error
    })
    stream.once('close', () => {
      if (!this.#left) this.#fail(this.#whyClosed(stream))
    })
  }

  /**
   * A stream that was reset with NO_ERROR has no error event, but it is closed before it ends. Its answer may lack bytes:
   * a server resets a stream that way if it has not read the request.
   */
  #watchEnd(stream: ClientHttp2Stream): void {
    const push = stream.push.bind(stream)
    stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (chunk === null && !stream.closed) this.#ended = true
      return push(chunk, encoding)
    }
  }

  #head(status: number, headers: IncomingHttpHeaders): void {
    const fields = fieldsIn(headers)
    // Node enforces this limit only once the server has agreed to it; until then, that on the number of fields.
    if (fields.reduce((size, { length }) => size + length, 0) > this.#parts.maxHeaderBytes) {
      const message = 'the header section of the response is too long'
      this.#fail(netError('NET_PROTO_LIMIT', { message, limit: this.#parts.maxHeaderBytes }))
      return
    }
    const length = headers['content-length']
    if (status !== 304 && !this.#bodiless && length !== undefined) this.#expected = sizeOf(length)
    this.#headed = true
    const hasNone = this.#bodiless || status === 204 || status === 304
    const size = hasNone ? 0 : this.#expected
    const receiver = this.#receiver
    receiver?.head({ status, reason: '', fields, size })
    void NOW.then(() => receiver?.settled())
  }

  #whyClosed({ rstCode }: ClientHttp2Stream): unknown {
    const error = this.#error
    if (error !== undefined && !isReset(error)) return error
    // "Not processed" is not true of a request that is being answered.
    const refused = rstCode === constants.NGHTTP2_REFUSED_STREAM && this.#headed
    const reason = refused ? constants.NGHTTP2_CANCEL : rstCode
    return new StreamEnded(reason ?? constants.NGHTTP2_CANCEL, error)
  }

  #finish(stream: ClientHttp2Stream): void {
    const whole = this.#ended || this.#received === this.#expected
    if (!this.#headed || stream.rstCode !== constants.NGHTTP2_NO_ERROR || !whole) return
    const receiver = this.#receiver
    this.#receiver = undefined
    receiver?.end(this.#trailers)
    // A server that has answered does not want the rest.
    if (!stream.writableEnded) stream.close(constants.NGHTTP2_CANCEL)
    this.#leave(true)
  }

  #informed(status: number, headers: IncomingHttpHeaders): void {
    this.#interim += 1
    if (this.#interim <= MOST_INTERIM) {
      this.#receiver?.interim(status, fieldsIn(headers))
      return
    }
    const message = `the server sent more than ${MOST_INTERIM} informational responses (1xx)`
    this.#fail(netError('NET_PROTO_LIMIT', { message, limit: MOST_INTERIM }))
  }

  #fail(error: unknown): void {
    const receiver = this.#receiver
    this.destroy()
    receiver?.failed(translate(error, http2Errors, {}))
  }

  async #upload(
    stream: ClientHttp2Stream,
    { headers, trailers }: WireRequest,
    body: Uint8Array | AsyncIterable<Uint8Array>,
  ): Promise<void> {
    try {
      const announced = lengthOf(headers)
      let sent = 0
      for await (const chunk of body instanceof Uint8Array ? [body] : body) {
        if (stream.closed) return
        sent += chunk.length
        if (announced !== undefined && sent > announced) throw wrongLength()
        if (chunk.length > SMALL_CHUNK) await written(stream, chunk)
        // Its source may use the bytes again at once.
        else if (!stream.write(copyOf(chunk))) await room(stream)
      }
      if (announced !== undefined && sent !== announced) throw wrongLength()
      if (trailers !== undefined) {
        const fields = trailersFor(trailers())
        stream.once('wantTrailers', () => this.#sendTrailers(stream, fields))
      }
      stream.end()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Node asks for them in an event, where what it refuses would end the process. */
  #sendTrailers(stream: ClientHttp2Stream, fields: OutgoingHttpHeaders): void {
    try {
      stream.sendTrailers(fields)
    } catch (error) {
      this.#fail(error)
    }
  }

  #leave(finished: boolean): void {
    if (this.#left) return
    this.#left = true
    this.#parts.left(finished)
  }
}

/** Trailers as Node takes them. */
function trailersFor(fields: readonly string[]): OutgoingHttpHeaders {
  const trailers: Record<string, string[]> = {}
  for (let at = 0; at < fields.length; at += 2)
    (trailers[fields[at]?.toLowerCase() ?? ''] ??= []).push(fields[at + 1] ?? '')
  return trailers
}

/** The request's head in the form of HTTP/2 (RFC 9113 sections 8.2 and 8.3). */
function fieldsOf(
  { method, target, headers }: WireRequest,
  authority: string,
): OutgoingHttpHeaders {
  const fields: Record<string, string[]> = {}
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]?.toLowerCase() ?? ''
    ;(fields[name] ??= []).push(headers[at + 1] ?? '')
  }
  const { host, ...rest } = fields
  const single = Object.entries(rest).map(([name, values]) => [
    name,
    values.length > 1 ? values : values[0],
  ])
  return {
    ':method': method,
    ':scheme': 'https',
    ':authority': host?.[0] ?? authority,
    ':path': target,
    ...(Object.fromEntries(single) as OutgoingHttpHeaders),
    [sensitiveHeaders]: SECRET_FIELDS,
  }
}

function fieldsIn(headers: IncomingHttpHeaders): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (name.startsWith(':') || value === undefined) return []
    return [value].flat().flatMap((one) => [name, one])
  })
}

/** What `Content-Length` says; undefined if that is no length. */
function sizeOf(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined
}

function lengthOf(headers: readonly string[]): number | undefined {
  const at = headers.findIndex((name, index) => index % 2 === 0 && /^content-length$/i.test(name))
  return at < 0 ? undefined : Number(headers[at + 1])
}

function room(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done)
      stream.off('close', done)
      resolve()
    }
    stream.on('drain', done)
    stream.on('close', done)
  })
}

const isReset = hasCode('ERR_HTTP2_STREAM_ERROR')

/** Kept out of the tables of compression, on every hop (RFC 7541 section 7.1.3). */
const SECRET_FIELDS: string[] = ['authorization', 'cookie', 'proxy-authorization']
const MOST_INTERIM = 16
const NOW: Promise<void> = Promise.resolve()
