/*
 * The parts of an incoming message (RFC 2045, 2046): found by their boundaries, decoded when they are asked for. Whatever a
 * message is, it gives its parts, and says where they are not what they should be.
 */

import { decodeText } from './charset.ts'
import {
  firstOf,
  readFields,
  readStructured,
  uncommented,
  type HeaderField,
} from './header-fields.ts'
import { transferDecode } from './transfer-decoding.ts'

/** Where a message is not what it should be. */
export interface MessageDefect {
  readonly kind:
    | 'missing-headers'
    | 'missing-boundary'
    | 'truncated'
    | 'unknown-charset'
    | 'wrong-charset'
    | 'bad-encoding'
    | 'repeated-header'
    | 'bad-date'
    | 'too-deep'
  /** The part in which it is, such as `1.2`; empty for the message itself. */
  readonly part: string
  /** What it is about, such as a label or the name of a header. */
  readonly detail?: string
}

/** A part of a message. */
export interface MessagePart {
  /** Where it is, such as `1.2`; empty for the message itself. */
  readonly path: string
  /** Its media type in lower case, `text/plain` if it has none. */
  readonly type: string
  readonly headers: readonly HeaderField[]
  readonly disposition: string
  /** The name of a file. */
  readonly name?: string
  readonly cid?: string
  /** The parts of a multipart. */
  readonly parts: readonly MessagePart[]
  /** Whether all of it came. */
  readonly complete: boolean
  /** Its bytes, decoded. */
  readonly content: Buffer
  /** Its text, decoded; only of text. */
  readonly text?: string
}

/** Reads a message; its characters stand for bytes. */
export function readPart(
  source: string,
  defects: MessageDefect[],
  path = '',
  depth = 0,
): MessagePart {
  return read(source, defects, { path, depth, otherwise: 'text/plain' })
}

/** Where a part is, and what it is if it does not say. */
interface Place {
  readonly path: string
  readonly depth: number
  readonly otherwise: string
}

function read(
  source: string,
  defects: MessageDefect[],
  { path, depth, otherwise }: Place,
): MessagePart {
  const { head, body } = split(source, defects, path)
  const headers = readFields(head)
  const { value, parameters } = readStructured(firstOf(headers, 'content-type')?.raw ?? '')
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(value) ? value : otherwise
  const common = { path, headers, type, ...namesOf(headers, parameters.get('name')) }
  if (!type.startsWith('multipart/')) return leaf(body, common, parameters.get('charset'), defects)
  const boundary = parameters.get('boundary')
  if (boundary === undefined || depth >= DEEPEST) {
    defects.push({ kind: boundary === undefined ? 'missing-boundary' : 'too-deep', part: path })
    return leaf(body, { ...common, type: 'text/plain' }, undefined, defects)
  }
  const parts = between(body, boundary, defects, path).map(({ text, complete }, at) => {
    const place = path === '' ? String(at + 1) : `${path}.${at + 1}`
    const part = read(text, defects, { path: place, depth: depth + 1, otherwise: defaultIn(type) })
    return complete ? part : { ...part, complete: false }
  })
  return { ...common, parts, complete: true, content: Buffer.from(body, 'latin1') }
}

/** The parts of a digest are messages (RFC 2046, section 5.1.5). */
function defaultIn(type: string): string {
  return type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
}

/** How a part is to be shown, and by which names it is known. */
function namesOf(
  headers: readonly HeaderField[],
  typeName: string | undefined,
): Pick<MessagePart, 'disposition' | 'name' | 'cid'> {
  const { value, parameters } = readStructured(firstOf(headers, 'content-disposition')?.raw ?? '')
  const cid = firstOf(headers, 'content-id')?.raw.replaceAll(/^<|>$/g, '')
  const name = parameters.get('filename') ?? typeName
  return {
    disposition: value,
    ...(name === undefined ? {} : { name }),
    ...(cid === undefined ? {} : { cid }),
  }
}

type Common = Pick<MessagePart, 'path' | 'type' | 'headers' | 'disposition' | 'name' | 'cid'>

function leaf(
  body: string,
  common: Common,
  charset: string | undefined,
  defects: MessageDefect[],
): MessagePart {
  const { raw = '' } = firstOf(common.headers, 'content-transfer-encoding') ?? {}
  const encoding = uncommented(raw).text
  const { bytes, sound } = transferDecode(body, encoding)
  if (!sound)
    defects.push({ kind: 'bad-encoding', part: common.path, detail: encoding.slice(0, 40) })
  const part = { ...common, parts: [], complete: true, content: bytes }
  if (!common.type.startsWith('text/')) return part
  const { text, label } = decodeText(bytes, charset)
  if (label !== 'right') {
    const detail = String(charset).slice(0, 40)
    defects.push({ kind: `${label}-charset`, part: common.path, detail })
  }
  return { ...part, text }
}

function split(
  source: string,
  defects: MessageDefect[],
  path: string,
): { readonly head: string; readonly body: string } {
  const [empty] = /^\r?\n/.exec(source) ?? []
  if (empty !== undefined) return { head: '', body: source.slice(empty.length) }
  const end = /\r?\n\r?\n/.exec(source)
  const head = end === null ? source : source.slice(0, end.index)
  if (!/^(?:[!-9;-~]+[ \t]*:|From )/.test(head)) {
    defects.push({ kind: 'missing-headers', part: path })
    return { head: '', body: source }
  }
  return { head, body: end === null ? '' : source.slice(end.index + end[0].length) }
}

interface Piece {
  readonly text: string
  readonly complete: boolean
}

/** What stands between boundaries; the line end before one belongs to it. */
function between(
  body: string,
  boundary: string,
  defects: MessageDefect[],
  path: string,
): readonly Piece[] {
  const pieces: Piece[] = []
  const mark = `--${boundary}`
  let begun = -1
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length)) {
    if (at > 0 && body[at - 1] !== '\n') continue
    const lineEnd = body.indexOf('\n', at)
    const rest = body.slice(at + mark.length, lineEnd < 0 ? body.length : lineEnd).trimEnd()
    if (rest !== '' && rest !== '--') continue
    if (begun >= 0)
      pieces.push({ text: body.slice(begun, at).replace(/\r?\n$/, ''), complete: true })
    if (rest === '--') return pieces
    begun = lineEnd < 0 ? body.length : lineEnd + 1
  }
  defects.push({ kind: 'truncated', part: path })
  if (begun >= 0) pieces.push({ text: body.slice(begun), complete: false })
  return pieces
}

const DEEPEST = 20
