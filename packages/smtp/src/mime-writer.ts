/*
 * Writes a message as it goes over the wire (RFC 5322, 2045 to 2047, 2231, 6532): its headers, its text in every form, and
 * what is attached, which is read while it is sent.
 */

import { openSource, stoppable, type OpenSource } from '@net/core/authoring'

import { Base64Lines, base64Size } from './base64-lines.ts'
import { beginSource } from './begun-source.ts'
import { ContentScan, LONGEST_LINE, type ContentFacts } from './content-scan.ts'
import type { Content, Opening } from './content.ts'
import type { CheckedMessage } from './message.ts'
import { joined, type Piece, type StreamedBody } from './mime/entity.ts'
import { HeaderWriter } from './mime/header-writer.ts'
import { bodyOf } from './mime/structure.ts'
import { scanSource } from './scanned-source.ts'
import type { EncodingOptions } from './encoding-options.ts'

/** Writes the message, at once where it has no sources. Throws, or rejects with, what its sources throw, and what `check` throws. */
export function writeMessage(
  message: CheckedMessage,
  opening: Opening,
  encoding: EncodingOptions = {},
): Content | Promise<Content> {
  const written = writtenMessage(message, encoding)
  const { pieces } = written
  const [text] = pieces
  if (pieces.length === 1 && typeof text === 'string') return textContent(text, written, opening)
  return openedMessage(written, opening)
}

async function openedMessage(written: WrittenMessage, opening: Opening): Promise<Content> {
  const { pieces } = written
  const streams: PartStream[] = []
  const close = async (): Promise<void> => {
    await Promise.all(streams.map(({ source }) => source.close()))
  }
  try {
    for (const piece of pieces)
      if (typeof piece !== 'string') streams.push(await opened(piece, opening))
    // A stream that fails at once, as that of a missing file, costs nothing but its message.
    const begun = await stoppable(opening.op, Promise.all(streams.map(begin)))
    return { ...streamedContent(written, begun, opening), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A message in pieces. */
export interface WrittenMessage {
  /** The last one ends with a line. */
  readonly pieces: readonly Piece[]
  /** Whether what is written is ASCII in short lines. */
  readonly plain: boolean
  /** Whether a line of what is written begins with a dot. */
  readonly dots: boolean
}

/** The message in pieces, of which those that are written already stand as one between those to be read. */
export function writtenMessage(
  message: CheckedMessage,
  encoding: EncodingOptions = {},
): WrittenMessage {
  const { pieces, plain, dots } = bodyOf(message, encoding.text)
  const last = pieces.at(-1)
  const isEnded = typeof last === 'string' && last.endsWith('\r\n')
  const head = headOf(message, encoding)
  return {
    pieces: joined([head, ...pieces, isEnded ? '' : '\r\n']),
    plain:
      plain && !BEYOND_ASCII.test(head) && !(head.length > LONGEST_LINE && TOO_LONG.test(head)),
    dots: dots || head.includes('\n.'),
  }
}

function headOf(message: CheckedMessage, { headers: style, line }: EncodingOptions): string {
  const { from, sender, replyTo, to, cc, subject, messageId, date, headers } = message
  const writer = new HeaderWriter({ line, utf8: style === 'utf8' })
  const further = headers.map(({ key, value }) =>
    STRUCTURED.test(key) ? writer.structured(key, value) : writer.text(key, value),
  )
  return [
    writer.mailboxes('From', [from]),
    writer.mailboxes('Sender', sender === undefined ? [] : [sender]),
    writer.mailboxes('Reply-To', replyTo),
    writer.mailboxes('To', to),
    writer.mailboxes('Cc', cc),
    writer.text('Subject', subject),
    ...further,
    `Message-ID: ${messageId}\r\n`,
    `Date: ${date.toUTCString().slice(0, -GMT)}+0000\r\n`,
    'MIME-Version: 1.0\r\n',
  ].join('')
}

interface PartStream {
  readonly source: OpenSource
  /** For what does not go out as it is. */
  readonly encoder?: Base64Lines
  /** What is known of content that goes out as it is, and whether that is all of it. */
  readonly facts?: ContentFacts
  readonly whole: boolean
  /** In bytes on the wire, where it is known. */
  readonly size: number | undefined
}

type BegunStream = PartStream & { readonly chunks: AsyncIterable<Uint8Array> }

async function opened({ source, encoded }: StreamedBody, opening: Opening): Promise<PartStream> {
  if (!encoded) {
    const scanned = await scanSource(source, opening)
    return { ...scanned, size: scanned.whole ? scanned.facts.size : undefined }
  }
  const made = await openSource(source)
  const size = made.size === undefined ? undefined : base64Size(made.size)
  return { source: made, encoder: new Base64Lines(), whole: true, size }
}

async function begin(stream: PartStream): Promise<BegunStream> {
  return { ...stream, chunks: await beginSource(stream.source) }
}

/** A message that is written already. */
function textContent(text: string, { plain, dots }: WrittenMessage, { check }: Opening): Content {
  const facts = plain ? [] : scanned(text)
  facts.forEach(check)
  const known = said(facts)
  // We ended the lines ourselves, and none but the last may begin with a dot.
  if (!dots) return new WrittenContent(text, known)
  return { ...known, size: text.length, content: Buffer.from(text, 'latin1') }
}

/**
 * A text that goes out as it is. It is put together once, as it does: until then nothing looks at it. No object with a getter of its
 * own: V8 makes a hidden class for each of those, which keeps the text until the next large collection.
 */
class WrittenContent implements Content {
  readonly ready = true
  readonly size: number
  readonly dotted: string
  readonly eightBit: boolean
  readonly utf8Headers: boolean

  constructor(text: string, { eightBit, utf8Headers }: Said) {
    this.size = text.length
    this.dotted = `${text}.\r\n`
    this.eightBit = eightBit
    this.utf8Headers = utf8Headers
  }

  get content(): Buffer {
    return Buffer.from(this.dotted, 'latin1').subarray(0, -DOT)
  }
}

type Said = Pick<Content, 'eightBit' | 'utf8Headers'>

function said(facts: readonly ContentFacts[]): Said {
  return {
    eightBit: facts.some(({ eightBit }) => eightBit),
    utf8Headers: facts.some(({ utf8Header }) => utf8Header !== undefined),
  }
}

function streamedContent(
  { pieces, plain, dots }: WrittenMessage,
  streams: readonly BegunStream[],
  { check }: Opening,
): Omit<Content, 'close'> {
  const text = pieces.filter((piece) => typeof piece === 'string').join('')
  const written = plain ? [] : scanned(text)
  const facts = [...written, ...streams.flatMap((stream) => stream.facts ?? [])]
  facts.forEach(check)
  const { eightBit, utf8Headers } = said(facts)
  const isReady = !dots && streams.every(({ encoder }) => encoder !== undefined)
  const content = {
    eightBit: eightBit || streams.some(({ whole }) => !whole),
    utf8Headers,
    content: withStreams(pieces, streams),
    ready: isReady,
  }
  const sizes = streams.map(({ size }) => size)
  if (!sizes.every((size) => size !== undefined)) return content
  return { ...content, size: sizes.reduce((sum, size) => sum + size, text.length) }
}

/** What is to be known of what we wrote; nothing where all of it is ASCII in short lines. */
function scanned(text: string): ContentFacts[] {
  if (!BEYOND_ASCII.test(text) && !TOO_LONG.test(text)) return []
  const scan = new ContentScan()
  scan.push(Buffer.from(text, 'latin1'))
  scan.end()
  return [scan.facts]
}

async function* withStreams(
  pieces: readonly Piece[],
  streams: readonly BegunStream[],
): AsyncGenerator<Uint8Array, void> {
  const left = [...streams]
  for (const piece of pieces) {
    if (typeof piece === 'string') yield Buffer.from(piece, 'latin1')
    else {
      const { chunks, encoder } = left.shift() as BegunStream
      for await (const chunk of chunks) {
        if (encoder === undefined) yield chunk
        else for (const each of slices(chunk)) yield encoder.encode(each)
      }
      if (encoder !== undefined) yield encoder.end()
    }
  }
}

/** In whole lines of base64, so many that they are a packet of their own. */
function* slices(chunk: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < chunk.length; at += SLICE) yield chunk.subarray(at, at + SLICE)
}

const SLICE = 65_664
const DOT = 3
const GMT = 3
const BEYOND_ASCII = /[^\0-\x7F]/
// A search that begins at every letter would take a fifth of the time of a mail.
const TOO_LONG = /^.{999}/m
// An encoded word within an address, a URL or an id would be taken for a part of it.
const STRUCTURED =
  /^(?:list-|resent-|arc-|dkim-|in-reply-to$|references$|received|authentication-results$|disposition-notification|original-|archived-at$|auto-submitted$|autocrypt$|openpgp$|face$|x-face$|return-path$|delivered-to$|errors-to$)/i
