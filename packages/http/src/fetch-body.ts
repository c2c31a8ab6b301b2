/* The body that `fetch` is given, as one of ours. What other libraries pass off as one is known by its members. */

import type { Source } from '@net/core'
import { option } from '@net/core/authoring'

import type { MultipartFields } from './multipart.ts'
import type { BodyOptions } from './request-body.ts'

/** The option of a call that sends it; none without a body. Throws a TypeError for what cannot be sent. */
export function bodyOption(body: unknown): BodyOptions {
  if (body === undefined || body === null) return {}
  if (typeof body === 'string') return { body }
  if (body instanceof URLSearchParams) return { form: body }
  if (body instanceof FormData || isFormLike(body)) return { multipart: body as MultipartFields }
  if (body instanceof Blob) return { body }
  const bytes = bytesOf(body)
  // The caller may change them at once.
  if (bytes !== undefined) return { body: Uint8Array.from(bytes) }
  if (option.isObject(body) && Symbol.asyncIterator in body)
    return { body: textsAsBytes(body as AsyncIterable<unknown>) }
  throw new TypeError('fetch failed: the body is of a kind that cannot be sent')
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (body instanceof ArrayBuffer || body instanceof SharedArrayBuffer) return new Uint8Array(body)
  if (!ArrayBuffer.isView(body)) return undefined
  return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
}

/**
 * The body of a `Request`, which is a stream even where it was made of a text: with its length if it is short, as servers
 * ask for one.
 */
export async function bodyOfRequest(stream: ReadableStream<Uint8Array>): Promise<BodyOptions> {
  const chunks = stream[Symbol.asyncIterator]()
  const begun: Uint8Array[] = []
  let size = 0
  while (size <= LOOKED_AHEAD) {
    const next = await chunks.next()
    if (next.done === true) return { body: Buffer.concat(begun) }
    begun.push(next.value)
    size += next.value.length
  }
  return { body: rest(begun, chunks) }
}

async function* rest(
  begun: readonly Uint8Array[],
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* begun
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
      yield next.value
  } finally {
    await chunks.return?.()
  }
}

/** Streams of Node may give text. */
function textsAsBytes(body: AsyncIterable<unknown>): Source {
  if (body instanceof ReadableStream) return body
  return (async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of body)
      yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array)
  })()
}

/** A FormData of another realm or library, which gives its fields. */
function isFormLike(body: unknown): boolean {
  return (
    option.isObject(body) &&
    Reflect.get(body, Symbol.toStringTag) === 'FormData' &&
    typeof Reflect.get(body, 'entries') === 'function' &&
    Symbol.iterator in body
  )
}

const LOOKED_AHEAD = 1_048_576
