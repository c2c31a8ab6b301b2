/* The body that `fetch` is given, as one of ours. What other libraries pass off as one is known by its members. */

import type { Source } from '@net/core'
import { clock, onSignalAbort, option } from '@net/core/authoring'

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
export async function bodyOfRequest(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  limits: LookLimits = {},
): Promise<BodyOptions> {
  // Other libraries have streams of Node.
  const reader = (
    stream instanceof ReadableStream ? stream : ReadableStream.from(stream)
  ).getReader()
  const begun: Uint8Array[] = []
  using patience = new Patience(limits)
  for (let size = 0; size <= LOOKED_AHEAD;) {
    const next = reader.read()
    const read = await Promise.race([next, patience.end])
    if (read === undefined) return { body: restOf(reader, begun, next) }
    if (read.done) return { body: Buffer.concat(begun) }
    begun.push(read.value)
    size += read.value.length
  }
  return { body: restOf(reader, begun) }
}

/** How long a body is looked at before its call begins, whose limits hold from then on. */
export interface LookLimits {
  readonly signal?: AbortSignal | undefined
  /** In milliseconds; 1,000 at most. */
  readonly most?: number | undefined
}

/** What is known of a body, and what follows. Cancelled with the call, also while it waits for the next chunk. */
function restOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  begun: readonly Uint8Array[],
  next?: ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>,
): ReadableStream<Uint8Array> {
  const known = [...begun]
  let coming = next
  // What it fails with is told by the read that follows, or nobody asks for it.
  coming?.catch(() => {})
  return new ReadableStream(
    {
      async pull(controller) {
        const first = known.shift()
        if (first !== undefined) {
          controller.enqueue(first)
          return
        }
        const read = await (coming ?? reader.read())
        coming = undefined
        if (read.done) controller.close()
        else controller.enqueue(read.value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

/** Until when a body is looked at. */
class Patience implements Disposable {
  readonly end: Promise<undefined>
  readonly #forget: () => void

  constructor({ signal, most = LOOKED_FOR }: LookLimits) {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const over = (): void => resolve(undefined)
    const timer = clock().after(Math.min(most, LOOKED_FOR), over)
    const forget = signal && onSignalAbort(signal, over)
    this.end = promise
    this.#forget = () => {
      timer.clear()
      forget?.()
    }
  }

  [Symbol.dispose](): void {
    this.#forget()
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
const LOOKED_FOR = 1000
