/* Reading a body to its end: as bytes, text or JSON, with the limits that keep a peer from filling our memory. */

import { isNetError, type ErrorContext, type NetError, type Sink } from '@net/core'
import {
  BatchWriter,
  ByteQueue,
  decoderFor,
  harmless,
  isFileSink,
  lettingGo,
  netError,
  onStuck,
  openSink,
  traceToCaller,
  type CharsetDecoder,
  type OpenSink,
} from '@net/core/authoring'

import { inOneGo, ReceivedBody, type HttpBody } from './body.ts'
import { onCallEnd, type CallEnd } from './call-end.ts'
import type { HttpHeaders } from './headers.ts'

/** How a body is read. */
export interface ReadingRules {
  /** How many bytes may be held at once; for JSON the smaller of this and 10 MiB if the caller did not choose. */
  readonly most: number
  readonly mostJson: number
  /** What errors say about the call. */
  readonly context: ErrorContext
  /** Absent for an answer that no server gave. */
  readonly end?: CallEnd
}

/** All bytes. Throws `NET_PROTO_LIMIT`; an error has what arrived before as `partial`. */
export async function readBytes(
  body: HttpBody,
  most: number,
  context: ErrorContext,
): Promise<Uint8Array> {
  if (body.size !== undefined && body.size > most) throw tooLong(body, most, context)
  const whole = body instanceof ReceivedBody ? body.takeWhole() : undefined
  if (whole !== undefined) return whole
  const received = new ByteQueue()
  try {
    for await (const chunk of inOneGo(body)) {
      // Bytes beyond the limit are not kept, and do not count as received.
      if (received.length + chunk.length > most) throw tooLong(body, most, context)
      received.push(chunk)
    }
  } catch (error) {
    if (isNetError(error)) traceToCaller(error)
    throw withPartial(error, received)
  }
  return received.take(received.length)
}

/** Writes the body to a sink; resolves to how many bytes it was, once the sink has them all. */
export async function saveBody(
  body: HttpBody,
  sink: Sink,
  { end, context }: Pick<ReadingRules, 'end' | 'context'>,
): Promise<number> {
  await using target = await openSink(sink)
  let broken: { readonly error: unknown } | undefined
  target.onFailure((error) => {
    // The next chunk is not needed any more; the call does not wait for it.
    broken = { error }
    body.cancel()
  })
  let reason: NetError | undefined
  let letGo: Promise<void> | undefined
  const giveUp = (error: NetError): void => {
    reason ??= error
    // An error of the sink at this point is dropped; the reason is the error of the call.
    letGo ??= target.abort(error).catch(() => {})
  }
  void body.closed.then((error) => {
    // What came in before the connection was lost is worth keeping; a caller who gave up wants no more of it.
    if (error !== undefined && error.code !== 'NET_PROTO_INCOMPLETE') giveUp(error)
  })
  using _lost = onStuckAfterLoss(body, target, giveUp)
  using _watch = end && onCallEnd(end, context, giveUp)
  try {
    const written = await pour(body, target)
    if (broken !== undefined) throw broken.error
    await target.commit({ size: target.position })
    return written
  } catch (error) {
    // A file is closed and its part removed before the call settles; a stream may take its time.
    if (letGo !== undefined && isFileSink(sink)) await lettingGo(letGo)
    const told = reason ?? (broken === undefined ? error : broken.error)
    if (isNetError(told)) traceToCaller(told)
    throw told
  }
}

/** Calls `tell` when the rest of the body will not come and the sink takes nothing of what did; disposing prevents that. */
export function onStuckAfterLoss(
  body: HttpBody,
  sink: OpenSink,
  tell: (error: NetError) => void,
): Disposable {
  let watch: Disposable | undefined
  let isOver = false
  void body.closed.then((error) => {
    if (error !== undefined && !isOver) watch = onStuck(sink, () => tell(error))
  })
  return {
    [Symbol.dispose]() {
      isOver = true
      watch?.[Symbol.dispose]()
    },
  }
}

/** Writes the body to an open sink, and what came in before a loss as well; resolves to how many bytes it was. */
export async function pour(body: HttpBody, target: OpenSink): Promise<number> {
  if (!target.keepsChunks) return pourInBatches(body, target)
  let written = 0
  for await (const chunk of inOneGo(body)) {
    await target.write(chunk)
    written += chunk.length
  }
  return written
}

/** Into a file: the body comes in while what came before it is written. */
async function pourInBatches(body: HttpBody, target: OpenSink): Promise<number> {
  const received = body instanceof ReceivedBody ? body : undefined
  let written = 0
  let room = Promise.withResolvers<void>()
  let failure: { readonly error: unknown } | undefined
  const writer = new BatchWriter({
    lends: true,
    write: (chunks) => target.writeAll(chunks),
    written: (bytes) => void (written += bytes),
    room: () => (received === undefined ? room.resolve() : received.goOn()),
    failed(error) {
      failure = { error }
      room.resolve()
      // The next chunk is not needed any more; the call does not wait for it.
      body.cancel()
    },
  })
  try {
    inOneGo(body)
    if (received === undefined) {
      for await (const chunk of body) {
        if (failure !== undefined || writer.add(chunk)) continue
        await room.promise
        room = Promise.withResolvers()
      }
    } else await received.pour(writer)
  } catch (error) {
    // A body that was given up because the sink has failed says only that.
    if (failure === undefined) throw error
  } finally {
    // What came in before a loss is worth keeping.
    await writer.end()
  }
  if (failure !== undefined) throw failure.error
  return written
}

/** The beginning of a body; the rest is discarded. Bytes from before a failure count. */
export async function readStart(body: HttpBody, most: number): Promise<Uint8Array> {
  const received = new ByteQueue()
  try {
    for await (const chunk of inOneGo(body)) {
      received.push(chunk)
      if (received.length >= most) break
    }
  } catch (error) {
    // A failure of the call is reported by the call itself; here the part that arrived is enough.
    if (!isNetError(error)) throw error
  }
  return received.peek(most)
}

/** The text of bytes in a charset of the Encoding Standard. Throws `NET_PROTO_DECODE` for one that is unknown, `NET_PROTO_LIMIT` for more than a string can hold. */
export function decodeText(bytes: Uint8Array, charset: string, context: ErrorContext): string {
  if (UTF8.test(charset)) return whole(utf8, bytes, context)
  const decoder = decoderOf(charset, context)
  return whole((each) => decoder.decode(each), bytes, context)
}

/**
 * The JSON value of UTF-8 bytes. Throws `NET_PROTO_DECODE` with the bytes as `partial`, and `NET_PROTO_LIMIT` for more than
 * a string can hold. `headers` say what the server calls it.
 */
export function parseJson(
  bytes: Uint8Array,
  context: ErrorContext,
  headers?: Pick<HttpHeaders, 'get'>,
): unknown {
  const text = whole(utf8, bytes, context)
  try {
    return JSON.parse(text)
  } catch {
    // The platform's message quotes the text, which may hold anything.
    const message =
      bytes.length === 0
        ? 'the body is empty where JSON was expected'
        : `the body is not JSON${butOf(headers?.get('content-type'))}`
    throw keeping(netError('NET_PROTO_DECODE', { message, phase: 'receive', ...context }), bytes)
  }
}

function butOf(type: string | undefined): string {
  return type === undefined || /json/i.test(type) ? '' : `, but of the type ${harmless(type)}`
}

/** The error of a body with more than so many bytes, which is given up. */
export function tooLong(body: HttpBody, limit: number, context: ErrorContext): Error {
  body.cancel()
  const message = `the body is longer than ${limit} bytes; maxBytes allows more`
  return netError('NET_PROTO_LIMIT', { message, phase: 'receive', limit, ...context })
}

function withPartial(error: unknown, received: ByteQueue): unknown {
  if (!isNetError(error) || received.length === 0) return error
  return keeping(error, received.take(received.length))
}

function keeping(error: NetError, partial: Uint8Array): NetError {
  // Not enumerable: a log of the error should not be as long as the body.
  return Object.defineProperty(error, 'partial', { value: partial, configurable: true })
}

/** What decodes the bytes may refuse them, however many the caller allowed: strings have an end. */
function whole(
  decode: (bytes: Uint8Array) => string,
  bytes: Uint8Array,
  context: ErrorContext,
): string {
  try {
    return decode(bytes)
  } catch (cause) {
    const message = `a body of ${bytes.length} bytes is too long for a text; read it with bytes() or saveTo()`
    throw netError('NET_PROTO_LIMIT', { message, cause, phase: 'receive', ...context })
  }
}

/** As a TextDecoder does it, without the mark at the beginning, at a fraction of the cost. */
function utf8(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** A decoder of a charset of the Encoding Standard. Throws `NET_PROTO_DECODE` for one that is unknown. */
export function decoderOf(charset: string, context: ErrorContext): CharsetDecoder {
  try {
    return decoderFor(charset)
  } catch {
    const message = 'the charset of the body is unknown; pass another one'
    throw netError('NET_PROTO_DECODE', { message, phase: 'receive', ...context })
  }
}

/** Throws `NET_PROTO_DECODE` for a charset that is unknown. */
export function checkDecoder(charset: string, context: ErrorContext): void {
  if (!UTF8.test(charset)) decoderOf(charset, context)
}

const UTF8 = /^utf-?8$/i
