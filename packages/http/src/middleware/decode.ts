/*
 * Content codings: takes them off while the body is read, and watches how much comes out for how little that went in.
 * Nothing is decoded before the body is read.
 */

import { pipeline, type Transform } from 'node:stream'

import { isNetError, type ErrorContext, type NetError } from '@net/core'
import { isError, leavable, netError } from '@net/core/authoring'

import { inOneGo, type HearingBody, type HttpBody } from '../body.ts'
import type { HttpRequest } from '../request.ts'
import { ClientResponse, type HttpResponse } from '../response.ts'
import { codingsOf, unasked, type Coding } from './codings.ts'

/** What decoding may cost. */
export interface DecodeRules {
  /** Whether codings are taken off. */
  readonly decompress: boolean
  /** Whether also codings are decoded that were not asked for. Default false: those stay. */
  readonly decodesUnasked?: boolean
  /** How many bytes any body may have; undefined for no limit but that of decoded ones. */
  readonly maxBytes: number | undefined
  /** How many times as long as it was sent a body may become. */
  readonly maxRatio: number
}

/** The call to which an answer belongs. */
export interface DecodeCall {
  readonly settings: DecodeRules
  readonly context: ErrorContext
}

/**
 * The response with a body that is decoded while it is read, which rejects with `NET_PROTO_DECODE` for broken data,
 * `NET_PROTO_LIMIT` for too much of it. A coding that is unknown, or that the request did not ask for, stays, and is no
 * text then. Throws `NET_PROTO_LIMIT` for too many codings.
 */
export function decoded(
  response: HttpResponse,
  { headers }: Pick<HttpRequest, 'headers'>,
  { settings, context }: DecodeCall,
): HttpResponse {
  if (!(response instanceof ClientResponse) || response.body.size === 0) return response
  const field = settings.decompress ? response.headers.get('content-encoding') : undefined
  if (field === undefined) return guarded(response, NONE, { settings, context })
  const { known, unknown } = codingsOf(field)
  const wanted = settings.decodesUnasked === true ? undefined : headers.get('accept-encoding')
  const coding = unknown ?? unasked(known, wanted)
  if (coding === undefined) return guarded(response, known, { settings, context })
  return guarded(response.with({ coding }), NONE, { settings, context })
}

function guarded(
  response: ClientResponse,
  codings: readonly Coding[],
  { settings, context }: DecodeCall,
): ClientResponse {
  const { maxBytes, maxRatio } = settings
  if (codings.length > MOST_CODINGS) {
    response.body.cancel()
    const message = `the body has more than ${MOST_CODINGS} content codings`
    throw netError('NET_PROTO_LIMIT', { message, phase: 'receive', limit: MOST_CODINGS })
  }
  const limit = codings.length === 0 ? maxBytes : (maxBytes ?? MOST_DECODED)
  // Where the length was announced the engine receives no more than that.
  const isWithin = codings.length === 0 && (response.body.size ?? Infinity) <= (limit ?? Infinity)
  if (limit === undefined || isWithin) return response
  return response.with({
    body: new GuardedBody(response.body, { codings, limit, maxRatio, context }),
  })
}

interface Guard {
  readonly codings: readonly Coding[]
  readonly limit: number
  readonly maxRatio: number
  readonly context: ErrorContext
}

class GuardedBody implements HearingBody {
  readonly size: number | undefined
  readonly #inner: HttpBody
  readonly #guard: Guard
  #received = 0
  /** Whether all of it has been read, and found whole. */
  #isRead = false

  constructor(inner: HttpBody, guard: Guard) {
    this.#inner = inner
    this.#guard = guard
    this.size = guard.codings.length === 0 ? inner.size : undefined
  }

  get closed(): Promise<NetError | undefined> {
    return this.#inner.closed
  }

  cancel(): void {
    // A cache keeps what was read, and takes back what turned out to be broken.
    if (!this.#isRead) this.#inner.cancel()
  }

  willBeReadWhole(): void {
    inOneGo(this.#inner)
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, undefined> {
    return leavable(this.#guarded(), { leave: () => this.cancel() })
  }

  async *#guarded(): AsyncGenerator<Uint8Array, void> {
    const { codings, limit } = this.#guard
    let chunks: AsyncIterable<Uint8Array> = this.#counted()
    for (const coding of codings.toReversed()) chunks = this.#decoded(chunks, coding)
    let length = 0
    for await (const chunk of chunks) {
      length += chunk.length
      if (length > limit) {
        const message = `the body is longer than ${limit} bytes; maxBytes allows more`
        throw this.#refused(message, limit)
      }
      yield chunk
    }
    this.#isRead = true
  }

  async *#counted(): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of this.#inner) {
      this.#received += chunk.length
      yield chunk
    }
  }

  async *#decoded(
    chunks: AsyncIterable<Uint8Array>,
    coding: Coding,
  ): AsyncGenerator<Uint8Array, void> {
    const [first, all] = await peeked(chunks)
    if (first === undefined) return
    const decoder = decoders[coding](first)
    let made = 0
    const fed = { length: 0, zeros: 0 }
    // Errors of both sides come out of the decoder, which is read below.
    pipeline(counting(all, fed), decoder, () => {})
    try {
      for await (const chunk of decoder as AsyncIterable<Uint8Array>) {
        made += chunk.length
        this.#checkRatio(made)
        yield chunk
      }
    } catch (error) {
      throw isNetError(error) ? error : this.#broken(coding, error)
    }
    // gzip may be filled up with zeros, to a block of a tape or of a disk.
    const filling = coding === 'gzip' ? fed.zeros : 0
    if (decoder.bytesWritten < fed.length - filling)
      throw this.#broken(coding, new Error('there is data behind the end'))
  }

  #checkRatio(made: number): void {
    const { maxRatio } = this.#guard
    if (made <= RATIO_FLOOR || made <= this.#received * maxRatio) return
    const message = `the decompressed body is more than ${maxRatio} times as long as the compressed one; maxRatio allows more`
    throw this.#refused(message, maxRatio)
  }

  #refused(message: string, limit: number): NetError {
    this.#inner.cancel()
    const { context } = this.#guard
    return netError('NET_PROTO_LIMIT', {
      message,
      phase: 'receive',
      limit,
      received: this.#received,
      ...context,
    })
  }

  #broken(coding: Coding, cause: unknown): NetError {
    this.#inner.cancel()
    const message = `the body is not ${coding}: ${isError(cause) ? cause.message : 'it is broken'}`
    const { context } = this.#guard
    return netError('NET_PROTO_DECODE', {
      message,
      cause,
      phase: 'receive',
      received: this.#received,
      ...context,
    })
  }
}

async function peeked(
  chunks: AsyncIterable<Uint8Array>,
): Promise<[Uint8Array | undefined, AsyncIterable<Uint8Array>]> {
  const iterator = chunks[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done === true) return [undefined, empty()]
  return [first.value, prepended(first.value, iterator)]
}

async function* empty(): AsyncGenerator<Uint8Array, void> {}

async function* prepended(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next())
      yield next.value
  } finally {
    await rest.return?.()
  }
}

async function* counting(
  chunks: AsyncIterable<Uint8Array>,
  fed: { length: number; zeros: number },
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    fed.length += chunk.length
    const zeros = zerosAtEnd(chunk)
    fed.zeros = zeros === chunk.length ? fed.zeros + zeros : zeros
    yield chunk
  }
}

function zerosAtEnd(chunk: Uint8Array): number {
  let at = chunk.length
  while (at > 0 && chunk[at - 1] === 0) at--
  return chunk.length - at
}

type Decoder = Transform & { readonly bytesWritten: number }

const decoders: Readonly<Record<Coding, (first: Uint8Array) => Decoder>> = {
  gzip: () => zlib().createGunzip(CHUNKS),
  // Some servers send the bare stream (RFC 1951) instead of the one with a header (RFC 1950).
  deflate: (first) =>
    ((first[0] ?? 0) & 0x0f) === 8 ? zlib().createInflate(CHUNKS) : zlib().createInflateRaw(CHUNKS),
  br: () => zlib().createBrotliDecompress(CHUNKS),
  zstd: () => zlib().createZstdDecompress(CHUNKS),
}

/** Loaded for the first body that has a coding. */
function zlib(): typeof import('node:zlib') {
  return process.getBuiltinModule('node:zlib')
}

const CHUNKS = { chunkSize: 65_536 } as const
const NONE: readonly Coding[] = []
const MOST_CODINGS = 3
const MOST_DECODED = 104_857_600
const RATIO_FLOOR = 10_485_760
