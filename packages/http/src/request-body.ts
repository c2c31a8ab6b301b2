/* What a request is to carry, from the options that name it: JSON, a form, text, or any source of bytes. */

import type { Source } from '@net/core'
import {
  checkSource,
  disown,
  isPlainObject,
  isReplayable,
  netError,
  openSource,
  type OpenSource,
  option,
  type OptionTable,
  type Shape,
  type Taken,
} from '@net/core/authoring'

import { openJoined } from './joined-source.ts'
import { multipartForm, multipartShape, type MultipartFields } from './multipart.ts'
import { encodeParams, paramsShape, type Params } from './params.ts'
import type { RequestBody } from './request.ts'

/**
 * What is no body, though others take it for one: no value has this type. It is here for the compiler's message, which
 * tells the option to use.
 */
export type NotABody = (FormFields | readonly unknown[]) & OtherOption

/** `FormData` and `URLSearchParams`. */
export type FormFields = { readonly [K in keyof FormData & keyof URLSearchParams]: unknown }

/** The text is read in the compiler's message. */
export interface OtherOption {
  readonly 'pass FormData as `multipart`, URLSearchParams as `form`, a list or an object as `json`': never
}

/** The options of a call that say what it sends; at most one of them. */
export interface BodyOptions {
  /** Any value that JSON has; sets `Content-Type: application/json`. */
  readonly json?: unknown
  /** Form fields; sets `Content-Type: application/x-www-form-urlencoded`. */
  readonly form?: Params | undefined
  /**
   * A form with files: `FormData`, or fields whose values are text or sources such as `fromFile`, which are read while they are
   * sent; sets `Content-Type: multipart/form-data` (RFC 7578). The length is sent if that of every part is known.
   */
  readonly multipart?: MultipartFields | undefined
  /**
   * Text as it is, or a source of bytes. A source of unknown length is sent in chunks. Bytes must not change before the
   * body of the response has ended: a server may answer while it still reads.
   */
  readonly body?: string | Source | NotABody | undefined
}

/** As it is once it was looked at. */
type Body = string | Source

const textOrSource = option.either<Body>([option.text, option.dataSource])

const bodyShape: Shape<Body> = {
  ...textOrSource,
  take(value, name, within) {
    const help = insteadOf(value)
    if (help === undefined) return textOrSource.take(value, name, within)
    throw netError('NET_BAD_OPTION', { message: `body must be ${textOrSource.may}; ${help}` })
  },
}

/** What to write instead of a `body` that other clients take. */
function insteadOf(value: unknown): string | undefined {
  if (value instanceof FormData) return 'pass FormData as multipart'
  if (value instanceof URLSearchParams) return 'pass URLSearchParams as form'
  if (Array.isArray(value)) return 'pass a list as json'
  return isBareObject(value) ? 'pass an object as json or as form' : undefined
}

/** An object that has data and nothing else; sources that are objects have a symbol or a class. */
function isBareObject(value: unknown): boolean {
  return isPlainObject(value) && Object.getOwnPropertySymbols(value).length === 0
}

/** The shapes of these options, for the table of a call. */
export const bodyTable: OptionTable<BodyOptions> = {
  json: option.anything,
  form: paramsShape,
  multipart: multipartShape,
  body: bodyShape,
}

/** A body and its type. */
export interface TypedBody {
  readonly body: RequestBody
  readonly type: string | undefined
  /** Whether the type holds what the receiver must know, so that the caller's own gives way. */
  readonly isFixed?: boolean
}

/** Opens a body to be sent once. Rejects like `openSource`. */
export function openBody(body: RequestBody): Promise<OpenSource> {
  const open = openers.get(body)
  return open === undefined ? openSource(body.bytes ?? body.source ?? NOTHING) : open()
}

/** Hears of a body while it is sent. */
export interface SentTap {
  /** It is sent, perhaps once more. */
  begun(): void
  /** A piece, which is the tap's own. */
  piece(chunk: Uint8Array): void
}

/** The same body, of which each piece is told when it is sent. */
export function tappedBody(body: RequestBody, tap: SentTap): RequestBody {
  const told: RequestBody = {
    ...(body.source === undefined ? {} : { source: body.source }),
    replayable: body.replayable,
    get begun() {
      return body.begun
    },
    set begun(begun) {
      body.begun = begun
    },
  }
  openers.set(told, async () => tapped(await openBody(body), tap))
  return told
}

function tapped(open: OpenSource, tap: SentTap): OpenSource {
  return {
    size: open.size,
    replayable: open.replayable,
    async *chunks() {
      tap.begun()
      for await (const chunk of open.chunks()) {
        tap.piece(Uint8Array.from(chunk))
        yield chunk
      }
    },
    close: () => open.close(),
    [Symbol.asyncDispose]: () => open.close(),
  }
}

/**
 * The body that the options describe; undefined without one. `givenType` is asked for the caller's own `Content-Type`. Throws
 * `NET_BAD_OPTION`.
 */
export function bodyOf(
  options: Taken<BodyOptions>,
  stringify: (value: unknown) => string,
  givenType: () => string | undefined = () => undefined,
): TypedBody | undefined {
  // Most calls send nothing, and are to cost nothing.
  const { json, form, multipart, body } = options
  if ((json ?? form ?? multipart ?? body) === undefined && json !== null) return undefined
  const [name, second] = NAMES.filter((each) => options[each] !== undefined)
  if (second !== undefined) {
    throw netError('NET_BAD_OPTION', {
      message: `${name} and ${second} cannot be used together; pass one of them`,
    })
  }
  if (form !== undefined) return typed(encodeParams(form), 'application/x-www-form-urlencoded')
  if (multipart !== undefined) return multipartBody(multipart, givenType())
  return body === undefined
    ? typed(jsonText(json, stringify), 'application/json')
    : bodyFrom(body as Body)
}

function multipartBody(fields: MultipartFields, givenType: string | undefined): TypedBody {
  const { type, pieces, replayable } = multipartForm(fields, givenType)
  const [only, ...others] = pieces
  if (only instanceof Uint8Array && others.length === 0)
    return { body: { bytes: only, replayable: true, begun: false }, type, isFixed: true }
  const source = async function* (): AsyncGenerator<Uint8Array, void> {
    await using opened = await openJoined(pieces)
    yield* opened.chunks()
  }
  const body: RequestBody = { source, replayable, begun: false }
  openers.set(body, () => openJoined(pieces))
  return { body, type, isFixed: true }
}

function bodyFrom(body: Body): TypedBody {
  if (typeof body === 'string') return typed(body, 'text/plain;charset=UTF-8')
  checkSource(body)
  if (body instanceof Uint8Array)
    return { body: { bytes: body, replayable: true, begun: false }, type: undefined }
  const type = body instanceof Blob && body.type !== '' ? body.type : undefined
  return { body: { source: body, replayable: isReplayable(body), begun: false }, type }
}

function typed(text: string, type: string): TypedBody {
  return { body: { bytes: Buffer.from(text, 'utf8'), replayable: true, begun: false }, type }
}

function jsonText(value: unknown, stringify: (value: unknown) => string): string {
  let text: unknown
  try {
    text = stringify(value)
  } catch (cause) {
    throw netError('NET_BAD_OPTION', { message: 'json cannot be written as JSON', cause })
  }
  if (typeof text === 'string') return text
  disown(text)
  throw netError('NET_BAD_OPTION', { message: 'json must be a value that JSON can represent' })
}

const NAMES = ['json', 'form', 'multipart', 'body'] as const
const NOTHING: Uint8Array = new Uint8Array(0)
/** Of bodies whose length the function that gives their bytes could not tell. */
const openers = new WeakMap<RequestBody, () => Promise<OpenSource>>()
