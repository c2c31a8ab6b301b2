/*
 * From a checked message to its MIME form, by nodemailer's MailComposer, which opens neither files nor URLs here:
 * what is attached comes from sources that we open and let go of.
 */

import { Readable, Writable } from 'node:stream'

import { isTextSource, openSource, type OpenSource } from '@net/core/authoring'
import type MailComposer from 'nodemailer/lib/mail-composer'

import type { AddressParts } from '../address.ts'
import type { Attachment } from '../attachment.ts'
import type { Content } from '../content.ts'
import type { CheckedMessage } from '../message.ts'
import { SourceStream } from '../source-stream.ts'

/** Makes the MIME form of a message. */
export type Compose = (message: CheckedMessage) => Promise<Content>

/** The composer, loaded at the first call. */
export function loadComposer(): Promise<Compose> {
  loading ??= import('nodemailer/lib/mail-composer').then(
    ({ default: Composer }) =>
      (message) =>
        composed(Composer, message),
  )
  return loading
}

async function composed(Composer: typeof MailComposer, message: CheckedMessage): Promise<Content> {
  const sources: SourceStream[] = []
  try {
    const attachments: ComposerAttachment[] = []
    for (const attachment of message.attachments)
      attachments.push(await partOf(attachment, sources))
    const node = new Composer(mailOf(message, attachments)).compile()
    const streamed = sources.length > 0
    const content = streamed ? node.createReadStream() : await built(node)
    return contentOf(content, sources, message.attachments.some(isUnencoded))
  } catch (error) {
    await Promise.all(sources.map((source) => source.close()))
    throw error
  }
}

/** The message in memory; line ends and the last one are brought into order where it is sent. */
function built(node: ReturnType<MailComposer['compile']>): Promise<Buffer> {
  const chunks: Buffer[] = []
  const output = new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return new Promise((resolve, reject) => {
    node.stream(output, {}, (error) => {
      if (error == null) resolve(Buffer.concat(chunks))
      else reject(error)
    })
  })
}

type Mail = NonNullable<ConstructorParameters<typeof MailComposer>[0]>
type ComposerAttachment = NonNullable<Mail['attachments']>[number]

function mailOf(message: CheckedMessage, attachments: ComposerAttachment[]): Mail {
  const { from, sender, to, cc, replyTo, subject, text, html, headers, messageId, date } = message
  return {
    disableFileAccess: true,
    disableUrlAccess: true,
    from: mailbox(from),
    to: to.map(mailbox),
    cc: cc.map(mailbox),
    replyTo: replyTo.map(mailbox),
    subject,
    messageId,
    date: date.toUTCString().replace('GMT', '+0000'),
    headers: headers.map((header) => ({ ...header })),
    attachments,
    ...(sender === undefined ? {} : { sender: mailbox(sender) }),
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
  }
}

function mailbox({ name, address }: AddressParts): { name: string; address: string } {
  return { name: name ?? '', address }
}

async function partOf(
  attachment: Attachment,
  sources: SourceStream[],
): Promise<ComposerAttachment> {
  const { source, name, type, cid, inline } = attachment
  const content = await bytesOf(source, sources)
  return {
    content,
    contentDisposition: inline ? 'inline' : 'attachment',
    filename: name ?? false,
    ...(type === undefined ? {} : { contentType: type }),
    ...(cid === undefined ? {} : { cid }),
  }
}

async function bytesOf(
  source: Attachment['source'],
  sources: SourceStream[],
): Promise<Buffer | Readable> {
  // What is in memory already needs no stream, and neither does a message that has nothing else.
  if (source instanceof Uint8Array)
    return Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  if (isTextSource(source)) return Buffer.from(source.text, 'utf8')
  const opened: OpenSource = await openSource(source)
  const stream = new SourceStream(opened)
  sources.push(stream)
  return stream.readable
}

function isUnencoded({ type = '' }: Attachment): boolean {
  // A message within a message is never encoded (RFC 2046, section 5.2.1).
  return /^message\//i.test(type)
}

function contentOf(
  content: Buffer | Readable,
  sources: readonly SourceStream[],
  eightBit: boolean,
): Content {
  return {
    content,
    eightBit,
    get fault() {
      return sources.find(({ fault }) => fault !== undefined)?.fault
    },
    async close() {
      if (content instanceof Readable) content.on('error', () => {}).destroy()
      await Promise.all(sources.map((source) => source.close()))
    },
    ...(Buffer.isBuffer(content) ? { size: content.length } : {}),
  }
}

let loading: Promise<Compose> | undefined
