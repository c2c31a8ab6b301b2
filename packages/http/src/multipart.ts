/*
 * Multipart forms (RFC 7578) as callers give them, and the pieces of which their bytes are made: those that a browser and
 * Node's own `FormData` send. It must not know how the pieces are read.
 */

import { basename } from 'node:path'

import type { Source } from '@net/core'
import {
  checkSource,
  holdSecret,
  isFileSource,
  isPlainObject,
  isReplayable,
  isSecretName,
  isTextSource,
  netError,
  option,
  shape,
  type Shape,
} from '@net/core/authoring'

import { HttpHeaders, type HeaderFields } from './headers.ts'

/** A part that has a name, a type or header fields of its own. */
export interface MultipartPart {
  /** Text, or a source of bytes. */
  readonly body: string | Source
  /** The name of the file, as the server gets it. Default: that of `fromFile` or of a `File`, else `blob`; none for text. */
  readonly filename?: string | undefined
  /** The part's `Content-Type`. Default: that of a `Blob`, else `application/octet-stream`; none for text without a file name. */
  readonly type?: string | undefined
  /** More fields of the part, in the place of ours where they have the same name. */
  readonly headers?: HeaderFields | undefined
}

/** What a field of a form holds: text, or a source of bytes, which is sent as a file; null and undefined leave it out. */
export type MultipartValue =
  | string
  | number
  | bigint
  | boolean
  | Source
  | MultipartPart
  | null
  | undefined

/** The fields of a form, in order; a list repeats its name. `FormData` is one. */
export type MultipartFields =
  | FormData
  | Readonly<Record<string, MultipartValue | readonly MultipartValue[]>>
  | Iterable<readonly [string, MultipartValue]>

/** The option `multipart`. */
export const multipartShape: Shape<MultipartFields> = shape(
  'FormData, an object of fields or a list of pairs',
  (value) => typeof value === 'object' && value !== null,
)

/** A form made ready: bytes and sources in turn. */
export interface MultipartForm {
  /** With the boundary. */
  readonly type: string
  readonly pieces: readonly (Uint8Array | Source)[]
  /** Whether it can be sent more than once. */
  readonly replayable: boolean
}

/**
 * The form as it is sent. Of the caller's own `Content-Type` the subtype counts, and its boundary. Throws `NET_BAD_OPTION`
 * for a value that cannot be sent, `NET_BAD_HEADER` for a type that is no `multipart/…`, and `NET_INJECTION`.
 */
export function multipartForm(fields: MultipartFields, given: string | undefined): MultipartForm {
  const { subtype, boundary } = typeOf(given)
  const pieces: (Uint8Array | Source)[] = []
  let replayable = true
  for (const [name, value] of entries(fields)) {
    if (value === null || value === undefined) continue
    const part = partOf(name, value)
    if (typeof part.body === 'string') refuseBoundary(part.body, boundary)
    else replayable &&= isReplayable(part.body)
    pieces.push(headOf(part, boundary), bodyOf(part), CRLF)
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`))
  const quoted = TOKEN.test(boundary) ? boundary : `"${boundary}"`
  return { type: `multipart/${subtype}; boundary=${quoted}`, pieces: joined(pieces), replayable }
}

/** Strikes the values of secret fields out of messages and events for as long as `holder` is alive. */
export function protectParts(fields: MultipartFields, holder: object): void {
  for (const [name, value] of entries(fields)) {
    if (typeof value === 'string' && isSecretName(name)) holdSecret(value, holder)
  }
}

interface NamedPart extends MultipartPart {
  readonly name: string
  readonly isText: boolean
}

function* entries(fields: MultipartFields): Generator<readonly [string, MultipartValue]> {
  if (Symbol.iterator in fields) {
    for (const pair of fields as Iterable<unknown>) {
      if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string')
        throw badPart('each of a list of fields must be [name, value]')
      yield pair as unknown as readonly [string, MultipartValue]
    }
    return
  }
  for (const [name, value] of Object.entries(fields)) {
    if (!Array.isArray(value)) yield [name, value as MultipartValue]
    else for (const each of value as readonly MultipartValue[]) yield [name, each]
  }
}

function partOf(name: string, value: Exclude<MultipartValue, null | undefined>): NamedPart {
  if (TEXTUAL.has(typeof value))
    return { name, body: lineEnds(String(value as string | number)), isText: true }
  const own = isPart(value) ? checkedPart(name, value) : { body: value as Source }
  if (typeof own.body === 'string') return { name, ...own, isText: own.filename === undefined }
  checkSource(own.body)
  const isText = isTextSource(own.body) && own.filename === undefined
  const filename = own.filename ?? (isText ? undefined : fileNameOf(own.body))
  return { name, ...own, filename, isText }
}

/** A plain object with a body: sources are of other classes, or have a brand. */
function isPart(value: unknown): value is MultipartPart {
  return isPlainObject(value) && Object.hasOwn(value, 'body')
}

function checkedPart(name: string, part: MultipartPart): MultipartPart {
  const { body, filename, type, headers, ...others } = part
  const [other] = Object.keys(others)
  if (other !== undefined)
    throw badPart(`the part ${name} has no ${other}; it has body, filename, type and headers`)
  if (filename !== undefined) option.text.take(filename, 'filename', name)
  if (type !== undefined) option.text.take(type, 'type', name)
  return { body, filename, type, headers }
}

function fileNameOf(source: Source): string {
  if (isFileSource(source)) return basename(source.path)
  return source instanceof File ? source.name : 'blob'
}

function headOf(part: NamedPart, boundary: string): Uint8Array {
  const { name, filename, isText, headers } = part
  const type = part.type ?? (isText ? undefined : typeOfSource(part.body))
  const typed = new HttpHeaders(type === undefined ? {} : { 'content-type': type })
  const fields = headers === undefined ? typed : typed.with(headers)
  const named = filename === undefined ? '' : `; filename="${escaped(filename)}"`
  const disposition = `Content-Disposition: form-data; name="${escaped(lineEnds(name))}"${named}\r\n`
  let rest = ''
  for (const [field, value] of fields)
    rest += `${field === 'content-type' ? 'Content-Type' : field}: ${value}\r\n`
  // Names are UTF-8 as they are (RFC 7578 section 5.1); fields hold a byte in each character.
  const first = fields.has('content-disposition') ? '' : disposition
  return Buffer.concat([
    Buffer.from(`--${boundary}\r\n${first}`),
    Buffer.from(`${rest}\r\n`, 'latin1'),
  ])
}

function bodyOf({ body }: NamedPart): Uint8Array | Source {
  return typeof body === 'string' ? Buffer.from(body) : body
}

function typeOfSource(body: string | Source): string {
  return body instanceof Blob && body.type !== '' ? body.type : 'application/octet-stream'
}

/** What stands in memory side by side becomes one piece. */
function joined(pieces: readonly (Uint8Array | Source)[]): readonly (Uint8Array | Source)[] {
  const made: (Uint8Array | Source)[] = []
  let small: Uint8Array[] = []
  const flush = (): void => {
    if (small.length > 0) made.push(Buffer.concat(small))
    small = []
  }
  for (const piece of pieces) {
    if (piece instanceof Uint8Array && piece.length <= COPIED) small.push(piece)
    else {
      flush()
      made.push(piece)
    }
  }
  flush()
  return made
}

function typeOf(given: string | undefined): {
  readonly subtype: string
  readonly boundary: string
} {
  const made = `----formdata-${crypto.randomUUID().replaceAll('-', '')}`
  if (given === undefined) return { subtype: 'form-data', boundary: made }
  const [, subtype] = MULTIPART.exec(given) ?? []
  if (subtype === undefined)
    throw netError('NET_BAD_HEADER', {
      message: 'the content-type beside multipart must be multipart/…; leave it out',
    })
  const [, quoted, plain] = BOUNDARY.exec(given) ?? []
  const boundary = quoted ?? plain ?? made
  if (VALID_BOUNDARY.test(boundary)) return { subtype, boundary }
  throw netError('NET_BAD_HEADER', {
    message: 'the boundary of the content-type is not valid (RFC 2046, section 5.1.1)',
  })
}

/** Where the caller chose it: one of ours is in no text. */
function refuseBoundary(text: string, boundary: string): void {
  if (!text.includes(`--${boundary}`)) return
  throw netError('NET_BAD_HEADER', {
    message: 'the boundary of the content-type occurs in the form; leave it out',
  })
}

function escaped(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')
}

/** Forms have CRLF (HTML standard, section 4.10.21.8). */
function lineEnds(text: string): string {
  return text.replace(/\r?\n|\r/g, '\r\n')
}

function badPart(message: string): Error {
  return netError('NET_BAD_OPTION', { message })
}

const TEXTUAL: ReadonlySet<string> = new Set(['string', 'number', 'bigint', 'boolean'])
const CRLF: Uint8Array = Buffer.from('\r\n')
const COPIED = 65_536
const MULTIPART = /^\s*multipart\/([\w!#$&^.+-]+)\s*(?:;|$)/i
const BOUNDARY = /;\s*boundary=(?:"([^"]*)"|([^\s;]*))/i
const VALID_BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/
const TOKEN = /^[\w'+.-]+$/
