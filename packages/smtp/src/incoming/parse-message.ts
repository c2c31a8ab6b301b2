/* An incoming message as a program wants it: who, what, the best text, the files, and where it is not what it should be. */

import { argument, option } from '@net/core/authoring'

import type { AddressParts } from '../address.ts'
import { decodeText } from './charset.ts'
import { readReport, type DeliveryReport } from './delivery-report.ts'
import { firstOf, type HeaderField } from './header-fields.ts'
import { readIncoming } from './mailboxes.ts'
import { readDate } from './message-date.ts'
import { readPart, type MessageDefect, type MessagePart } from './part.ts'

/** A message that was read. */
export interface ParsedMessage {
  /** All headers in their order. */
  readonly headers: readonly HeaderField[]
  readonly from: readonly AddressParts[]
  readonly sender?: AddressParts
  readonly replyTo: readonly AddressParts[]
  readonly to: readonly AddressParts[]
  readonly cc: readonly AddressParts[]
  readonly bcc: readonly AddressParts[]
  readonly subject: string
  /** Undefined where there is none, or one that cannot be read; without a zone it is UTC. */
  readonly date?: Date
  readonly messageId?: string
  readonly inReplyTo?: string
  readonly references: readonly string[]
  /** The text of the message itself, without markup; never that of a message within it. */
  readonly text?: string
  readonly html?: string
  /** All parts that are not this text: files, pictures, invitations, messages within. */
  readonly attachments: readonly ParsedAttachment[]
  /** What it says of a delivery, if it is a report (RFC 3464). */
  readonly report?: DeliveryReport
  /** Where it is not what it should be; empty for a message without fault. */
  readonly defects: readonly MessageDefect[]
  /** Every part, the message itself first; behind a message within it those of that one, to a depth of 20. */
  walk(): Generator<MessagePart, void>
}

/** A part that goes along with the text. */
export interface ParsedAttachment {
  readonly name?: string
  readonly type: string
  /** `attachment`, `inline`, or empty where it does not say. */
  readonly disposition: string
  readonly cid?: string
  readonly content: Uint8Array
  /** Whether all of it came. */
  readonly complete: boolean
  /** The message that it is, read; only of `message/rfc822`. */
  message(): ParsedMessage | undefined
}

/**
 * Reads a message (RFC 5322, 2045 to 2047, 2231, 6532). Whatever its content is, it gives what there is and lists the defects.
 * Throws `NET_BAD_OPTION` for anything but bytes.
 */
export function parseMessage(raw: Uint8Array): ParsedMessage {
  const bytes = argument('raw', option.binary, raw)
  return parsed(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'), 0)
}

function parsed(source: string, depth: number): ParsedMessage {
  const defects: MessageDefect[] = []
  const root = readPart(source, defects, '', depth)
  const parts = [...walk(root)]
  const leaves = parts.filter(
    (part) => part.parts.length === 0 && !part.type.startsWith('multipart/'),
  )
  const text = bodyOf(leaves, 'text/plain')
  const html = bodyOf(leaves, 'text/html')
  const files = leaves.filter((part) => part !== text && part !== html)
  const report = readReport(parts)
  if (depth >= DEEPEST) {
    for (const { path } of parts.filter(isMessage)) defects.push({ kind: 'too-deep', part: path })
  }
  return {
    ...namedHeaders(root.headers, defects),
    ...(text?.text === undefined ? {} : { text: text.text }),
    ...(html?.text === undefined ? {} : { html: html.text }),
    attachments: files.map((part) => attachmentOf(part, depth)),
    ...(report === undefined ? {} : { report }),
    defects,
    walk: () => walkWithin(root, depth),
  }
}

/** The parts, and behind each message among them its own. */
function* walkWithin(root: MessagePart, depth: number): Generator<MessagePart, void> {
  for (const part of walk(root)) {
    yield part
    if (!isMessage(part) || depth >= DEEPEST) continue
    const path = part.path === '' ? '1' : `${part.path}.1`
    const inner = readPart(sourceOf(part), [], path, depth + 1)
    yield* walkWithin(inner, depth + 1)
  }
}

function isMessage({ type }: MessagePart): boolean {
  return type === 'message/rfc822' || type === 'message/global'
}

function sourceOf({ content }: MessagePart): string {
  return content.toString('latin1')
}

function* walk(part: MessagePart): Generator<MessagePart, void> {
  yield part
  for (const each of part.parts) yield* walk(each)
}

/** The first text of a type that is no file. */
function bodyOf(leaves: readonly MessagePart[], type: string): MessagePart | undefined {
  return leaves.find((part) => part.type === type && part.disposition !== 'attachment')
}

function attachmentOf(part: MessagePart, depth: number): ParsedAttachment {
  const { name, type, disposition, cid, content, complete } = part
  let message: ParsedMessage | undefined
  return {
    type,
    disposition,
    content,
    complete,
    ...(name === undefined ? {} : { name }),
    ...(cid === undefined ? {} : { cid }),
    message() {
      if (!isMessage(part) || depth >= DEEPEST) return undefined
      message ??= parsed(sourceOf(part), depth + 1)
      return message
    },
  }
}

type Named = Omit<ParsedMessage, 'text' | 'html' | 'attachments' | 'report' | 'defects' | 'walk'>

function namedHeaders(headers: readonly HeaderField[], defects: MessageDefect[]): Named {
  for (const name of SINGLE) {
    const count = headers.filter((field) => field.name.toLowerCase() === name).length
    if (count > 1) defects.push({ kind: 'repeated-header', part: '', detail: name })
  }
  const mailboxes = (name: string): readonly AddressParts[] =>
    readIncoming(utf8(firstOf(headers, name)?.raw ?? ''))
  const value = (name: string): string | undefined => firstOf(headers, name)?.value
  const [sender] = mailboxes('sender')
  const date = dateOf(value('date'), defects)
  const messageId = value('message-id')
  const inReplyTo = value('in-reply-to')
  return {
    headers,
    from: mailboxes('from'),
    replyTo: mailboxes('reply-to'),
    to: mailboxes('to'),
    cc: mailboxes('cc'),
    bcc: mailboxes('bcc'),
    subject: value('subject') ?? '',
    references: value('references')?.match(/<[^<>\s]+>/g) ?? [],
    ...(sender === undefined ? {} : { sender }),
    ...(date === undefined ? {} : { date }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
  }
}

function utf8(raw: string): string {
  return decodeText(Buffer.from(raw, 'latin1'), undefined).text
}

function dateOf(text: string | undefined, defects: MessageDefect[]): Date | undefined {
  if (text === undefined) return undefined
  const date = readDate(text)
  if (date !== undefined) return date
  defects.push({ kind: 'bad-date', part: '', detail: text.slice(0, 80) })
  return undefined
}

const DEEPEST = 20
const SINGLE = [
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'content-type',
]
