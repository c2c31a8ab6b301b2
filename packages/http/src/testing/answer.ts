/* From a reply to what goes on the wire, in any version of HTTP: status, fields, a body whose length is known or not. */

import { STATUS_CODES } from 'node:http'

import { clock } from '@net/core/authoring'

import { coded, codedPieces } from './coding.ts'
import { partOf } from './ranges.ts'
import type { Reply, ReplyHeaders, ReplyPiece } from './route.ts'
import type { SeenRequest } from './seen-request.ts'

/** A response, ready to be framed. */
export interface Answer {
  readonly status: number
  readonly reason: string
  /** Names and values in turn; the length among them, if it is known. */
  readonly fields: readonly string[]
  /** Undefined where the status or the method allow none. */
  readonly body: AsyncIterable<Uint8Array> | undefined
  readonly trailers: readonly string[]
  /** How the reply wants the body framed; undefined where its length decides. */
  readonly framing: Reply['framing']
}

/** What the reply is for this request. */
export function answerOf(reply: Reply, request: SeenRequest): Answer {
  const whole = wholeBody(reply)
  const part = whole === undefined ? undefined : wantedPart(reply, request, whole)
  const { status, bytes, headers } = { status: reply.status ?? 200, bytes: whole, ...part }
  const framing = reply.trailers === undefined ? reply.framing : 'chunked'
  const fields = fieldsOf({ ...headers, ...reply.headers, ...typeOf(reply) })
  const hasBody = !EMPTY.has(status)
  if (hasBody && LENGTH.has(framing)) addLength(fields, bytes)
  addOurs(fields, reply)
  return {
    status,
    reason: reply.reason ?? STATUS_CODES[status] ?? '',
    fields,
    body: hasBody && request.method !== 'HEAD' ? bodyOf(reply, bytes) : undefined,
    trailers: fieldsOf(reply.trailers),
    framing,
  }
}

/** Headers of a reply as names and values in turn. */
export function fieldsOf(headers: ReplyHeaders = {}): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().flatMap((each) => [name, String(each)]),
  )
}

/** Whether there is such a field; its name in lower case. */
export function has(fields: readonly string[], name: string): boolean {
  return fields.some((each, at) => at % 2 === 0 && each.toLowerCase() === name)
}

/** A piece of a body as bytes. */
export function bytesOfPiece(piece: ReplyPiece): Uint8Array {
  return typeof piece === 'string' ? Buffer.from(piece) : piece
}

/** The pieces of what a route gives to send. */
export async function* piecesOf(
  given: Exclude<Reply['body'], undefined>,
): AsyncGenerator<Uint8Array> {
  if (typeof given === 'string' || given instanceof Uint8Array) yield bytesOfPiece(given)
  else for await (const piece of given) yield bytesOfPiece(piece)
}

function bodyOf(reply: Reply, bytes: Uint8Array | undefined): AsyncIterable<Uint8Array> {
  return bytes === undefined ? streamed(reply) : inPieces(bytes, reply.chunkSize ?? Infinity)
}

function wholeBody({ body, json, coding }: Reply): Uint8Array | undefined {
  const given = json === undefined ? (body ?? '') : JSON.stringify(json)
  if (typeof given !== 'string' && !(given instanceof Uint8Array)) return undefined
  const bytes = bytesOfPiece(given)
  return coding === undefined ? bytes : coded(coding, bytes)
}

function streamed({ body, coding, chunkSize = Infinity }: Reply): AsyncIterable<Uint8Array> {
  const pieces = piecesOf(body ?? '')
  const made = coding === undefined ? pieces : codedPieces(coding, pieces)
  return chunkSize === Infinity ? made : cutPieces(made, chunkSize)
}

async function* cutPieces(
  pieces: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield* inPieces(piece, size)
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

interface PartialAnswer {
  readonly status: number
  readonly headers: ReplyHeaders
  readonly bytes: Uint8Array
}

function wantedPart(
  reply: Reply,
  request: SeenRequest,
  whole: Uint8Array,
): PartialAnswer | undefined {
  const { status = 200, ranges = false, headers = {} } = reply
  if (!ranges || status !== 200) return undefined
  const body = {
    size: whole.length,
    etag: textOf(headers['etag']),
    modified: textOf(headers['last-modified']),
  }
  const part = partOf(request.headers, body)
  const accepts = { 'accept-ranges': 'bytes' }
  if (part === 'whole') return { status: 200, headers: accepts, bytes: whole }
  if (part === 'unchanged') return { status: 304, headers: accepts, bytes: whole }
  const range = part === 'unsatisfiable' ? '*' : `${part.from}-${part.to}`
  const said = { ...accepts, 'content-range': `bytes ${range}/${whole.length}` }
  return part === 'unsatisfiable'
    ? { status: 416, headers: said, bytes: new Uint8Array() }
    : { status: 206, headers: said, bytes: whole.subarray(part.from, part.to + 1) }
}

function textOf(value: ReplyHeaders[string] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function typeOf({ json, headers = {} }: Reply): ReplyHeaders {
  const has = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  return json === undefined || has ? {} : { 'content-type': 'application/json' }
}

function addLength(fields: string[], bytes: Uint8Array | undefined): void {
  if (bytes === undefined || has(fields, 'content-length') || has(fields, 'transfer-encoding'))
    return
  fields.push('content-length', String(bytes.length))
}

function addOurs(fields: string[], { coding }: Reply): void {
  if (coding !== undefined) fields.push('content-encoding', coding)
  if (!has(fields, 'date')) fields.push('date', new Date(clock().date()).toUTCString())
}

const EMPTY: ReadonlySet<number> = new Set([204, 304])
const LENGTH: ReadonlySet<Reply['framing']> = new Set([undefined, 'length'])
