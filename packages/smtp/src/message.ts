/*
 * A message as its author gives it, and the checks that it passes before a byte of it is sent. Knows neither MIME
 * nor a server. A field that a message does not have is refused, so that data from elsewhere can ask for nothing.
 */

import { isDate } from 'node:util/types'
import { randomUUID } from 'node:crypto'

import { fromText } from '@net/core'
import { clock, nameMeant, netError, own, refuseControl } from '@net/core/authoring'

import { readOne, type Address, type AddressParts } from './address.ts'
import { readRecipients, type Recipients } from './address-group.ts'
import { checkAlternatives, type Alternative } from './alternative.ts'
import { attach, isAttachment, type Attachment } from './attachment.ts'
import { calendarShape, checkCalendar, type Calendar, type CheckedCalendar } from './calendar.ts'
import { envelopeOf, type CheckedEnvelope } from './envelope.ts'
import type { HeaderAddress } from './mime/header-writer.ts'
import { contentIdsOf } from './mime/content-id.ts'

/** A message to send. At least one of `to`, `cc` and `bcc` must have an address. */
export interface Message {
  readonly from: Address
  /** Who has sent it, if that is not the author; takes the place of `from` in the envelope. */
  readonly sender?: Address | undefined
  readonly replyTo?: Recipients | undefined
  /** As `cc` and `bcc`: one text may have several, separated by commas; in a list each element is one address or group. */
  readonly to?: Recipients | undefined
  readonly cc?: Recipients | undefined
  /** Those who get it without the others knowing; never part of the headers. */
  readonly bcc?: Recipients | undefined
  readonly subject?: string | undefined
  /** The text without markup. */
  readonly text?: string | undefined
  /** The text as HTML, beside `text`. Each `cid:` in it must be that of an attachment. */
  readonly html?: string | undefined
  /** Further forms of the text, between `text` and `html`. */
  readonly alternatives?: readonly Alternative[] | undefined
  /** An invitation, for which readers offer to accept or decline. */
  readonly calendar?: Calendar | undefined
  readonly attachments?: readonly Attachment[] | undefined
  /** Further headers, those with several values as a list. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined
  /** In angle brackets; made up by default. */
  readonly messageId?: string | undefined
  /** The Message-ID that this answers. */
  readonly inReplyTo?: string | undefined
  /** The Message-IDs of the conversation, oldest first. */
  readonly references?: readonly string[] | undefined
  /** Default this moment. */
  readonly date?: Date | undefined
}

/** A message that was checked. */
export interface CheckedMessage {
  readonly envelope: CheckedEnvelope
  readonly from: AddressParts
  readonly sender?: AddressParts
  readonly replyTo: readonly HeaderAddress[]
  readonly to: readonly HeaderAddress[]
  readonly cc: readonly HeaderAddress[]
  readonly subject: string
  readonly text?: string
  readonly html?: string
  readonly alternatives: readonly Alternative[]
  readonly calendar?: CheckedCalendar
  readonly attachments: readonly Attachment[]
  readonly headers: readonly { readonly key: string; readonly value: string }[]
  readonly messageId: string
  readonly date: Date
  /** What stands between its parts: not to be guessed, so that no text can have it, and the same in every attempt. */
  readonly boundary: string
}

/**
 * Checks a message. Throws `NET_BAD_ADDRESS`, `NET_BAD_HEADER`, `NET_BAD_OPTION`, and `NET_INJECTION` for a
 * control character in anything that becomes a header.
 */
export function checkMessage(message: Message): CheckedMessage {
  refuseUnknown(message)
  // Joined into one string: Node builds a UUID of twenty parts, and each waiting message would keep them all.
  const id = Buffer.from(randomUUID(), 'latin1').toString('latin1')
  const from = author(message)
  const sentBy = own(message, 'sender')
  const sender = sentBy === undefined ? undefined : readOne(sentBy, 'sender').parts
  const to = readRecipients(own(message, 'to'), 'to')
  const cc = readRecipients(own(message, 'cc'), 'cc')
  const bcc = readRecipients(own(message, 'bcc'), 'bcc')
  const all = [...to.mailboxes, ...cc.mailboxes, ...bcc.mailboxes]
  return {
    envelope: envelopeOf((sender ?? from).address, all),
    from,
    to: to.shown,
    cc: cc.shown,
    replyTo: readRecipients(own(message, 'replyTo'), 'replyTo').shown,
    subject: text('subject', given(message, 'subject', '')),
    alternatives: checkAlternatives(own(message, 'alternatives')),
    ...attachedTo(message),
    headers: headersOf(message),
    messageId: messageIdOf(message, from, id),
    date: dateOf(message),
    boundary: `net-${id}`,
    ...(sender === undefined ? {} : { sender }),
    ...body(message, 'text'),
    ...body(message, 'html'),
  }
}

function author(message: Message): AddressParts {
  const from = own(message, 'from')
  if (from === undefined) throw netError('NET_BAD_ADDRESS', { message: 'the message has no from' })
  return readOne(from, 'from').parts
}

function refuseUnknown(message: Message): void {
  if (typeof message !== 'object' || message === null) {
    throw netError('NET_BAD_OPTION', { message: 'a message must be an object' })
  }
  const unknown = Object.keys(message).find((key) => !FIELDS.has(key))
  if (unknown === undefined) return
  const help = nameMeant(unknown, [...FIELDS], { body: 'text or html', content: 'text or html' })
  throw netError('NET_BAD_OPTION', {
    message: `a message has no field called ${unknown.slice(0, 40)}; ${help}`,
  })
}

function body<K extends 'text' | 'html'>(message: Message, key: K): { readonly [P in K]?: string } {
  const content = own(message, key)
  if (content === undefined) return {}
  if (typeof content === 'string') return { [key]: content } as { readonly [P in K]?: string }
  throw netError('NET_BAD_OPTION', {
    message: `${key} must be a string; files and streams go into attachments`,
  })
}

/** The attachments, and the invitation with the file that it may be as well. */
function attachedTo(message: Message): Pick<CheckedMessage, 'attachments' | 'calendar'> {
  const attachments = attachmentsOf(message)
  refuseMissing(own(message, 'html'), attachments)
  const wanted = own(message, 'calendar')
  if (wanted === undefined) return { attachments }
  const taken = calendarShape.take(wanted, 'calendar')
  const calendar = checkCalendar(taken)
  if (taken.attach !== true) return { attachments, calendar }
  const type = `application/ics; method=${calendar.method}`
  const file = attach(fromText(calendar.content), { name: 'invite.ics', type })
  return { attachments: [...attachments, file], calendar }
}

function refuseMissing(html: unknown, attachments: readonly Attachment[]): void {
  if (typeof html !== 'string') return
  const shown = contentIdsOf(html)
  if (shown.size === 0) return
  const there = new Set(attachments.map(({ cid }) => cid))
  const missing = [...shown].find((cid) => !there.has(cid))
  if (missing === undefined) return
  throw netError('NET_BAD_OPTION', {
    message: `html shows cid:${missing.slice(0, 80)}, and no attachment has this cid`,
  })
}

function attachmentsOf(message: Message): readonly Attachment[] {
  const attachments = given(message, 'attachments', NOTHING)
  if (attachments === NOTHING) return NOTHING
  // The list and the date may serve the caller for the next message before this one is made.
  if (Array.isArray(attachments) && attachments.every(isAttachment)) return [...attachments]
  throw netError('NET_BAD_OPTION', {
    message: 'attachments must be a list of attach(…), as in [attach(fromFile(path))]',
  })
}

function headersOf(message: Message): CheckedMessage['headers'] {
  const headers = [...threadHeaders(message), ...furtherHeaders(message)]
  return headers.length === 0 ? NOTHING : headers
}

function threadHeaders(message: Message): CheckedMessage['headers'] {
  const inReplyTo = own(message, 'inReplyTo')
  const references = given(message, 'references', NOTHING)
  if (!Array.isArray(references)) {
    throw netError('NET_BAD_OPTION', { message: 'references must be a list of Message-IDs' })
  }
  const ids = references.map((id: unknown) => messageId('references', id)).join(' ')
  return [
    ...(inReplyTo === undefined
      ? []
      : [{ key: 'In-Reply-To', value: messageId('inReplyTo', inReplyTo) }]),
    ...(ids === '' ? [] : [{ key: 'References', value: ids }]),
  ]
}

function furtherHeaders(message: Message): CheckedMessage['headers'] {
  const headers = given(message, 'headers', NO_HEADERS)
  if (headers === NO_HEADERS) return NOTHING
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers) {
    throw netError('NET_BAD_OPTION', { message: 'headers must be an object of names and values' })
  }
  return Object.entries(headers).flatMap(([key, value]) => furtherHeader(key, value))
}

function furtherHeader(
  key: string,
  value: string | readonly (string | undefined)[] | undefined,
): CheckedMessage['headers'] {
  if (!HEADER_NAME.test(key)) {
    throw netError('NET_BAD_HEADER', { message: 'the name of a header is not valid' })
  }
  if (OURS.test(key)) {
    throw netError('NET_BAD_HEADER', {
      message: `${key} is made from the message and cannot be a further header`,
    })
  }
  const values = Array.isArray(value) ? (value as readonly (string | undefined)[]) : [value]
  return values
    .filter((each) => each !== undefined)
    .map((each) => ({ key, value: text(`the header ${key}`, each) }))
}

function messageIdOf(message: Message, from: AddressParts, made: string): string {
  const id = own(message, 'messageId')
  if (id !== undefined) return messageId('messageId', id)
  return `<${made}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`
}

function messageId(field: string, value: unknown): string {
  const id = line(field, value)
  if (MESSAGE_ID.test(id)) return id
  throw netError('NET_BAD_HEADER', { message: `${field} must be a Message-ID in angle brackets` })
}

function dateOf(message: Message): Date {
  const date = given(message, 'date', new Date(clock().date()))
  if (isDate(date) && !Number.isNaN(date.getTime())) return new Date(date)
  throw netError('NET_BAD_OPTION', { message: 'date must be a valid Date' })
}

/** The field's value; undefined counts as not given, null does not. */
function given<K extends keyof Message>(
  message: Message,
  key: K,
  otherwise: NonNullable<Message[K]>,
): NonNullable<Message[K]> | null {
  const value = own(message, key)
  return value === undefined ? otherwise : value
}

/** One line of plain text, in which a tab is nothing but space. */
function text(field: string, value: unknown): string {
  if (typeof value === 'string') line(field, value.replaceAll('\t', ' '))
  return typeof value === 'string' ? value : line(field, value)
}

function line(field: string, text: unknown): string {
  if (typeof text !== 'string')
    throw netError('NET_BAD_OPTION', { message: `${field} must be a string` })
  refuseControl(field, text)
  return text
}

const NOTHING: readonly never[] = []
const NO_HEADERS = {}
const FIELDS: ReadonlySet<string> = new Set<keyof Message>([
  'from',
  'sender',
  'replyTo',
  'to',
  'cc',
  'bcc',
  'subject',
  'text',
  'html',
  'alternatives',
  'calendar',
  'attachments',
  'headers',
  'messageId',
  'inReplyTo',
  'references',
  'date',
])
// RFC 5322, section 3.6.8: printable ASCII without the colon.
const HEADER_NAME = /^[!-9;-~]{1,76}$/
const OURS =
  /^(?:from|sender|reply-to|to|cc|bcc|subject|date|message-id|in-reply-to|references|mime-version|return-path|content-.*)$/i
const MESSAGE_ID = /^<[^\s<>@]{1,250}@[^\s<>@]{1,250}>$/
