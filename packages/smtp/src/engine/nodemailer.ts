/*
 * From a checked message to its MIME form, by nodemailer's MailComposer, which opens neither files nor URLs here:
 * what is attached comes from sources that we open and let go of.
 */

import { randomUUID } from 'node:crypto'

import { isTextSource, openSource, stoppable, type OpenSource } from '@net/core/authoring'
import type MailComposer from 'nodemailer/lib/mail-composer'
import type { encodeWord } from 'nodemailer/lib/mime-funcs'

import type { AddressParts } from '../address.ts'
import type { Attachment } from '../attachment.ts'
import { Base64Lines } from '../base64-lines.ts'
import { beginSource } from '../begun-source.ts'
import type { Content, Opening } from '../content.ts'
import type { CheckedMessage } from '../message.ts'
import { ContentScan, type ContentFacts } from '../content-scan.ts'
import { scanSource } from '../scanned-source.ts'
import { headerValue } from './header-text.ts'

/** Makes the MIME form of a message. */
export type Compose = (message: CheckedMessage, opening: Opening) => Promise<Content>

/** The composer, loaded at the first call. */
export function loadComposer(): Promise<Compose> {
  loading ??= Promise.all([
    import('nodemailer/lib/mail-composer'),
    import('nodemailer/lib/mime-funcs'),
  ]).then(
    ([{ default: Composer }, { encodeWord }]) =>
      (message, opening) =>
        composed({ Composer, encodeWord }, message, opening),
  )
  return loading
}

interface ComposerParts {
  readonly Composer: typeof MailComposer
  readonly encodeWord: typeof encodeWord
}

async function composed(
  engine: ComposerParts,
  message: CheckedMessage,
  opening: Opening,
): Promise<Content> {
  const parts: Part[] = []
  const close = async (): Promise<void> => {
    await Promise.all(parts.flatMap(({ stream }) => stream?.source.close() ?? []))
  }
  try {
    for (const attachment of message.attachments) parts.push(await partOf(attachment, opening))
    // A stream that fails at once, as that of a missing file, costs nothing but its message.
    const streams = await stoppable(opening.op, Promise.all(parts.flatMap(begun)))
    const content = await built(new engine.Composer(mailOf(engine, message, parts)).compile())
    return { ...contentOf(content, streams, opening), close }
  } catch (error) {
    await close()
    throw error
  }
}

function contentOf(
  message: Buffer,
  streams: readonly BegunStream[],
  { check }: Opening,
): Omit<Content, 'close'> {
  const scan = new ContentScan()
  scan.push(message)
  scan.end()
  // All that is not a header or goes out as it is gets encoded, in ASCII and in short lines.
  const facts = [scan.facts, ...streams.flatMap((stream) => stream.facts ?? [])]
  facts.forEach(check)
  return {
    eightBit: facts.some(({ eightBit }) => eightBit) || streams.some(({ whole }) => !whole),
    utf8Headers: facts.some(({ utf8Header }) => utf8Header !== undefined),
    ...(streams.length === 0
      ? { content: message, size: scan.facts.size }
      : { content: withStreams(message, streams) }),
  }
}

/** The message, with what is streamed in the places that were kept for it. */
async function* withStreams(
  message: Buffer,
  streams: readonly BegunStream[],
): AsyncGenerator<Uint8Array, void> {
  // Those that the HTML names stand before the others.
  const places = streams.map((stream) => ({ ...stream, at: message.indexOf(stream.placed) }))
  let from = 0
  for (const { at, placed, chunks, encoder } of places.toSorted((a, b) => a.at - b.at)) {
    yield message.subarray(from, at)
    for await (const chunk of chunks) yield encoder?.encode(chunk) ?? chunk
    if (encoder !== undefined) yield encoder.end()
    from = at + placed.length
  }
  yield message.subarray(from)
}

/** The message in memory; line ends and the last one are brought into order where it is sent. */
function built(node: MimeNode): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    node.build((error, message) => (error == null ? resolve(message) : reject(error)))
  })
}

type MimeNode = ReturnType<MailComposer['compile']>
type Mail = NonNullable<ConstructorParameters<typeof MailComposer>[0]>
type ComposerAttachment = NonNullable<Mail['attachments']>[number]

function mailOf(
  { encodeWord }: ComposerParts,
  message: CheckedMessage,
  parts: readonly Part[],
): Mail {
  const { from, sender, to, cc, replyTo, subject, text, html, headers, messageId, date } = message
  return {
    disableFileAccess: true,
    disableUrlAccess: true,
    from: mailbox(from),
    to: to.map(mailbox),
    cc: cc.map(mailbox),
    replyTo: replyTo.map(mailbox),
    messageId,
    date: date.toUTCString().replace('GMT', '+0000'),
    headers: [{ key: 'Subject', value: subject }, ...headers].map(({ key, value }) => ({
      key,
      value: headerValue(encodeWord, key, value),
    })),
    attachments: parts.map(({ mail }) => mail),
    ...(sender === undefined ? {} : { sender: mailbox(sender) }),
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
  }
}

function mailbox({ name, address }: AddressParts): { name: string; address: string } {
  return { name: name ?? '', address }
}

interface Part {
  readonly mail: ComposerAttachment
  /** What is read while it is sent. */
  readonly stream?: PartStream
}

interface PartStream {
  readonly source: OpenSource
  /** What the engine writes in its place. */
  readonly placed: string
  /** For what does not go out as it is. */
  readonly encoder?: Base64Lines
  /** What is known of content that goes out as it is, and whether that is all of it. */
  readonly facts?: ContentFacts
  readonly whole: boolean
}

type BegunStream = PartStream & { readonly chunks: AsyncIterable<Uint8Array> }

function begun({ stream }: Part): Promise<BegunStream>[] {
  if (stream === undefined) return []
  return [beginSource(stream.source).then((chunks) => ({ ...stream, chunks }))]
}

async function partOf(attachment: Attachment, opening: Opening): Promise<Part> {
  const { source, name, type, cid, inline } = attachment
  const { content, stream } = await placeOf(source, isUnencoded(attachment), opening)
  const mail = {
    content,
    contentDisposition: inline ? ('inline' as const) : ('attachment' as const),
    filename: name ?? (false as const),
    ...(type === undefined ? {} : { contentType: type }),
    ...(cid === undefined ? {} : { cid }),
    // Its bytes are not known yet.
    ...(stream !== undefined && stream.encoder === undefined
      ? { contentTransferEncoding: '8bit' as const }
      : {}),
  }
  return { mail, ...(stream === undefined ? {} : { stream }) }
}

async function placeOf(
  source: Attachment['source'],
  unencoded: boolean,
  opening: Opening,
): Promise<{ readonly content: Buffer; readonly stream?: PartStream }> {
  // What is in memory already needs no stream, and neither does a message that has nothing else.
  if (source instanceof Uint8Array) {
    return { content: Buffer.from(source.buffer, source.byteOffset, source.byteLength) }
  }
  if (isTextSource(source)) return { content: Buffer.from(source.text, 'utf8') }
  // Not to be guessed, so that no other part can have it.
  const content = Buffer.from(`net-${randomUUID()}`)
  if (unencoded) {
    const scanned = await scanSource(source, opening)
    return { content, stream: { ...scanned, placed: content.toString() } }
  }
  const placed = content.toString('base64')
  const opened = await openSource(source)
  return { content, stream: { source: opened, placed, encoder: new Base64Lines(), whole: true } }
}

function isUnencoded({ type = '' }: Attachment): boolean {
  // A message within a message is never encoded (RFC 2046, section 5.2.1).
  return /^message\//i.test(type)
}

let loading: Promise<Compose> | undefined
