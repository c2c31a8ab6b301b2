/*
 * From a checked message to its MIME form, by nodemailer's MailComposer, which opens neither files nor URLs here:
 * what is attached comes from sources that we open and let go of.
 */

import { type Readable, Writable } from 'node:stream'

import { ByteQueue, isTextSource, openSource, stoppable } from '@net/core/authoring'
import type MailComposer from 'nodemailer/lib/mail-composer'
import type { encodeWord } from 'nodemailer/lib/mime-funcs'

import type { AddressParts } from '../address.ts'
import type { Attachment } from '../attachment.ts'
import type { Content, Opening } from '../content.ts'
import type { CheckedMessage } from '../message.ts'
import { SourceStream } from '../source-stream.ts'
import { Survey, type ContentFacts } from '../survey.ts'
import { surveySource } from '../surveyed-source.ts'
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
  try {
    for (const attachment of message.attachments) parts.push(await partOf(attachment, opening))
    // A stream that fails at once, as that of a missing file, costs nothing but its message.
    const begun = parts.flatMap(({ stream }) => stream?.begin() ?? [])
    await stoppable(opening.op, Promise.all(begun))
    const node = new engine.Composer(mailOf(engine, message, parts)).compile()
    return parts.every(({ stream }) => stream === undefined)
      ? builtContent(await built(node), opening)
      : streamedContent(node, parts, opening)
  } catch (error) {
    await Promise.all(parts.flatMap(({ stream }) => stream?.close() ?? []))
    throw error
  }
}

function builtContent(content: Buffer, { check }: Opening): Content {
  const facts = surveyed([content])
  check(facts)
  return {
    content,
    size: facts.size,
    eightBit: facts.eightBit,
    utf8Headers: facts.utf8Header !== undefined,
    close: async () => {},
  }
}

function streamedContent(node: MimeNode, parts: readonly Part[], { check }: Opening): Content {
  const streams = parts.flatMap(({ stream }) => stream ?? [])
  // All that is not a header or goes out as it is gets encoded, in ASCII and in short lines.
  const facts = [...headersOf(node), ...parts.flatMap(({ facts }) => facts ?? [])]
  facts.forEach(check)
  const readable = node.createReadStream()
  return {
    content: chunksOf(readable, streams),
    eightBit: facts.some(({ eightBit }) => eightBit) || parts.some(({ whole }) => !whole),
    utf8Headers: facts.some(({ utf8Header }) => utf8Header !== undefined),
    async close() {
      readable.on('error', () => {}).destroy()
      await Promise.all(streams.map((stream) => stream.close()))
    },
  }
}

/** What a source threw comes as it is, and not as the engine has changed it. */
async function* chunksOf(
  readable: Readable,
  streams: readonly SourceStream[],
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* readable as AsyncIterable<Uint8Array>
  } catch (error) {
    const failed = streams.find(({ fault }) => fault !== undefined)
    throw failed === undefined ? error : failed.fault?.error
  }
}

function headersOf(node: MimeNode): ContentFacts[] {
  return [surveyed([Buffer.from(node.buildHeaders())]), ...node.childNodes.flatMap(headersOf)]
}

function surveyed(chunks: readonly Buffer[]): ContentFacts {
  const survey = new Survey()
  for (const chunk of chunks) survey.push(chunk)
  survey.end()
  return survey.facts
}

/** The message in memory; line ends and the last one are brought into order where it is sent. */
function built(node: MimeNode): Promise<Buffer> {
  const written = new ByteQueue()
  const output = new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk)
      done()
    },
  })
  return new Promise((resolve, reject) => {
    node.stream(output, {}, (error) => {
      if (error == null) resolve(Buffer.from(written.take(written.length)))
      else reject(error)
    })
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
  readonly stream?: SourceStream
  /** What is known of content that goes out as it is. */
  readonly facts?: ContentFacts
  /** Whether all of that content is known. */
  readonly whole: boolean
}

async function partOf(attachment: Attachment, opening: Opening): Promise<Part> {
  const { source, name, type, cid, inline } = attachment
  const { content, ...known } = await contentOf(attachment, source, opening)
  const mail = {
    content,
    contentDisposition: inline ? ('inline' as const) : ('attachment' as const),
    filename: name ?? (false as const),
    ...(type === undefined ? {} : { contentType: type }),
    ...(cid === undefined ? {} : { cid }),
  }
  return { mail, ...known }
}

async function contentOf(
  attachment: Attachment,
  source: Attachment['source'],
  opening: Opening,
): Promise<Omit<Part, 'mail'> & { readonly content: Buffer | Readable }> {
  // What is in memory already needs no stream, and neither does a message that has nothing else.
  if (source instanceof Uint8Array) {
    const content = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    return { content, whole: true, ...factsOf(attachment, content) }
  }
  if (isTextSource(source)) {
    const content = Buffer.from(source.text, 'utf8')
    return { content, whole: true, ...factsOf(attachment, content) }
  }
  if (!isUnencoded(attachment)) {
    const stream = new SourceStream(await openSource(source))
    return { content: stream.readable, stream, whole: true }
  }
  const surveyed = await surveySource(source, opening)
  const stream = new SourceStream(surveyed.source)
  return { content: stream.readable, stream, facts: surveyed.facts, whole: surveyed.whole }
}

function factsOf(attachment: Attachment, content: Buffer): { readonly facts?: ContentFacts } {
  return isUnencoded(attachment) ? { facts: surveyed([content]) } : {}
}

function isUnencoded({ type = '' }: Attachment): boolean {
  // A message within a message is never encoded (RFC 2046, section 5.2.1).
  return /^message\//i.test(type)
}

let loading: Promise<Compose> | undefined
