/*
 * Parts of a message as pieces (RFC 2045, 2046): text that stands, and places for what is read while it is sent. Opens
 * nothing.
 */

import type { Source } from '@net/core'
import { isTextSource } from '@net/core/authoring'

import type { Attachment } from '../attachment.ts'
import { inLines, transferEncode, type TextEncoding } from '../encoded-text.ts'
import { extensionOf, mediaTypeOf } from './media-type.ts'
import { parameter } from './parameter.ts'

/** A piece of a message; characters stand for bytes. */
export type Piece = string | StreamedBody

/** The place of a body that is read while it is sent. */
export interface StreamedBody {
  readonly source: Source
  /** Whether it goes out in base64, or as it is. */
  readonly encoded: boolean
}

/** A part with its headers. */
export interface Entity {
  /** Its media type without parameters. */
  readonly type: string
  readonly pieces: readonly Piece[]
  /** Whether it is ASCII in short lines, but for what is read while it is sent: nobody has to look at it again. */
  readonly plain: boolean
  /** Whether a line of it begins with a dot, but for what is read while it is sent. */
  readonly dots: boolean
}

/** Text. `parameters` follow its type, each with a semicolon before it. */
export function textEntity(
  type: string,
  text: string,
  wanted?: TextEncoding,
  parameters = '',
): Entity {
  const { encoding, lines, dots } = transferEncode(text, wanted)
  const head = `Content-Type: ${type}; charset=utf-8${parameters}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
  return { type, pieces: [head + lines], plain: encoding !== '8bit', dots }
}

/** What is attached. */
export function attachedEntity(attachment: Attachment, inline: boolean): Entity {
  const { source, name } = attachment
  const type = attachment.type ?? mediaTypeOf(name)
  // A message within the message is never encoded (RFC 2046, section 5.2.1).
  const encoded = !/^message\//i.test(type)
  const head = [
    typeOf(attachment, type),
    dispositionOf(attachment, type, inline),
    `Content-Transfer-Encoding: ${encoded ? 'base64' : '8bit'}\r\n\r\n`,
  ].join('\r\n')
  const bytes = encoded ? bytesOf(source) : undefined
  const known = { type, plain: true, dots: false }
  if (bytes === undefined) return { ...known, pieces: [head, { source, encoded }] }
  return { ...known, pieces: [head + inLines(bytes.toString('base64'))] }
}

function typeOf({ source, name }: Attachment, type: string): string {
  const isText = /^text\//i.test(type) && isTextSource(source) && !/charset/i.test(type)
  // Old readers look for the name here.
  const named = name !== undefined && ASCII.test(name) ? parameter('name', name) : ''
  return `Content-Type: ${type}${isText ? '; charset=utf-8' : ''}${named}`
}

function dispositionOf({ name, cid }: Attachment, type: string, inline: boolean): string {
  const isPicture = inline && cid !== undefined
  const shown = name ?? (isPicture ? nameFor(cid, type) : undefined)
  const named = shown === undefined ? '' : parameter('filename', shown)
  const id = cid === undefined ? '' : `\r\nContent-ID: <${cid}>`
  return `Content-Disposition: ${inline ? 'inline' : 'attachment'}${named}${id}`
}

/** Several parts as one; a single one stays what it is. */
export function multipart(
  kind: 'alternative' | 'related' | 'mixed',
  parts: readonly Entity[],
  boundary: string,
): Entity {
  const [first] = parts
  if (first !== undefined && parts.length === 1) return first
  const type = `multipart/${kind}`
  // RFC 2387, section 3.1.
  const root = kind === 'related' ? `;\r\n type="${first?.type ?? ''}"` : ''
  const head = `Content-Type: ${type};\r\n boundary="${boundary}"${root}\r\n\r\n`
  const pieces = parts.flatMap(({ pieces }, at): Piece[] => [
    `${at === 0 ? head : '\r\n'}--${boundary}\r\n`,
    ...pieces,
  ])
  const plain = parts.every((part) => part.plain)
  const dots = parts.some((part) => part.dots)
  return { type, pieces: [...pieces, `\r\n--${boundary}--\r\n`], plain, dots }
}

/** Pieces that stand beside each other as one. */
export function joined(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = []
  for (const piece of pieces) {
    const last = all.at(-1)
    if (typeof piece === 'string' && typeof last === 'string') all[all.length - 1] = last + piece
    else all.push(piece)
  }
  return all
}

/** What is in memory already needs no stream, unless it is large. */
function bytesOf(source: Source): Buffer | undefined {
  if (source instanceof Uint8Array) {
    if (source.byteLength > LARGE) return undefined
    return Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  }
  if (!isTextSource(source) || source.text.length > LARGE) return undefined
  return Buffer.from(source.text, 'utf8')
}

/** A picture without a name would be listed by some readers as one that nobody can open. */
function nameFor(cid: string, type: string): string {
  const [local = ''] = cid.split('@')
  const extension = extensionOf(type)
  return local.toLowerCase().endsWith(extension) ? local : `${local}${extension}`
}

const LARGE = 65_536
const ASCII = /^[\0-\x7F]*$/
