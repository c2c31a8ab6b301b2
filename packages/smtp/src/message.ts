/*
 * A message as its author gives it, and the checks that it passes before a byte of it is sent. Knows neither MIME
 * nor a server. A field that a message does not have is refused, so that data from elsewhere can ask for nothing.
 */

import { randomUUID } from 'node:crypto'

import { clock, netError, own, refuseControl } from '@net/core/authoring'

import { parseAddress, parseAddresses, type Address, type AddressParts } from './address.ts'
import { isAttachment, type Attachment } from './attachment.ts'
import { envelopeOf, type CheckedEnvelope } from './envelope.ts'

/** A message to send. At least one of `to`, `cc` and `bcc` must name somebody. */
export interface Message {
  readonly from: Address
  /** Who has sent it, if that is not the author; takes the place of `from` in the envelope. */
  readonly sender?: Address
  readonly replyTo?: Address | readonly Address[]
  readonly to?: Address | readonly Address[]
  readonly cc?: Address | readonly Address[]
  /** Those who get it without the others knowing; never part of the headers. */
  readonly bcc?: Address | readonly Address[]
  readonly subject?: string
  /** The text without markup. */
  readonly text?: string
  /** The text as HTML, beside `text`. */
  readonly html?: string
  readonly attachments?: readonly Attachment[]
  /** Further headers, those with several values as a list. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** In angle brackets; made up by default. */
  readonly messageId?: string
  /** The Message-ID that this answers. */
  readonly inReplyTo?: string
  /** The Message-IDs of the conversation, oldest first. */
  readonly references?: readonly string[]
  /** Default this moment. */
  readonly date?: Date
}

/** A message that was checked. */
export interface CheckedMessage {
  readonly envelope: CheckedEnvelope
  readonly from: AddressParts
  readonly sender?: AddressParts
  readonly replyTo: readonly AddressParts[]
  readonly to: readonly AddressParts[]
  readonly cc: readonly AddressParts[]
  readonly subject: string
  readonly text?: string
  readonly html?: string
  readonly attachments: readonly Attachment[]
  readonly headers: readonly { readonly key: string; readonly value: string }[]
  readonly messageId: string
  readonly date: Date
}

/**
 * Checks a message. Throws `NET_BAD_ADDRESS`, `NET_BAD_HEADER`, `NET_BAD_OPTION`, and `NET_INJECTION` for a
 * control character in anything that becomes a header.
 */
export function checkMessage(message: Message): CheckedMessage {
  refuseUnknown(message)
  const from = parseAddress(own(message, 'from') ?? '', 'from')
  const given = own(message, 'sender')
  const sender = given === undefined ? undefined : parseAddress(given, 'sender')
  const to = parseAddresses(own(message, 'to'), 'to')
  const cc = parseAddresses(own(message, 'cc'), 'cc')
  const bcc = parseAddresses(own(message, 'bcc'), 'bcc')
  const everybody = [...to, ...cc, ...bcc].map(({ address }) => address)
  return {
    envelope: envelopeOf((sender ?? from).address, everybody),
    from,
    to,
    cc,
    replyTo: parseAddresses(own(message, 'replyTo'), 'replyTo'),
    subject: line('subject', own(message, 'subject') ?? ''),
    attachments: attachmentsOf(message),
    headers: [...threadHeaders(message), ...furtherHeaders(message)],
    messageId: messageIdOf(message, from),
    date: dateOf(message),
    ...(sender === undefined ? {} : { sender }),
    ...body(message, 'text'),
    ...body(message, 'html'),
  }
}

function refuseUnknown(message: Message): void {
  if (typeof message !== 'object' || message === null) {
    throw netError('NET_BAD_OPTION', { message: 'a message must be an object' })
  }
  const unknown = Object.keys(message).find((key) => !FIELDS.has(key))
  if (unknown === undefined) return
  throw netError('NET_BAD_OPTION', {
    message: `a message has no field called ${unknown.slice(0, 40)}`,
  })
}

function body<K extends 'text' | 'html'>(message: Message, key: K): { readonly [P in K]?: string } {
  const text = own(message, key)
  if (text === undefined) return {}
  if (typeof text === 'string') return { [key]: text } as { readonly [P in K]?: string }
  throw netError('NET_BAD_OPTION', {
    message: `${key} must be a string; files and streams go into attachments`,
  })
}

function attachmentsOf(message: Message): readonly Attachment[] {
  const attachments = own(message, 'attachments') ?? []
  if (Array.isArray(attachments) && attachments.every(isAttachment)) return attachments
  throw netError('NET_BAD_OPTION', {
    message: 'attachments are made by attach(), as in attach(fromFile(path))',
  })
}

function threadHeaders(message: Message): CheckedMessage['headers'] {
  const inReplyTo = own(message, 'inReplyTo')
  const references = own(message, 'references') ?? []
  const ids = references.map((id) => messageId('references', id)).join(' ')
  return [
    ...(inReplyTo === undefined
      ? []
      : [{ key: 'In-Reply-To', value: messageId('inReplyTo', inReplyTo) }]),
    ...(ids === '' ? [] : [{ key: 'References', value: ids }]),
  ]
}

function furtherHeaders(message: Message): CheckedMessage['headers'] {
  const headers = own(message, 'headers') ?? {}
  return Object.entries(headers).flatMap(([key, value]) => {
    if (!HEADER_NAME.test(key)) {
      throw netError('NET_BAD_HEADER', { message: 'the name of a header is not valid' })
    }
    if (OURS.test(key)) {
      throw netError('NET_BAD_HEADER', {
        message: `${key} is made from the message and cannot be a further header`,
      })
    }
    const values = typeof value === 'string' ? [value] : value
    return values.map((each) => ({ key, value: line(`the header ${key}`, each) }))
  })
}

function messageIdOf(message: Message, from: AddressParts): string {
  const given = own(message, 'messageId')
  if (given !== undefined) return messageId('messageId', given)
  return `<${randomUUID()}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`
}

function messageId(field: string, id: string): string {
  const text = line(field, id)
  if (MESSAGE_ID.test(text)) return text
  throw netError('NET_BAD_HEADER', { message: `${field} must be a Message-ID in angle brackets` })
}

function dateOf(message: Message): Date {
  const date = own(message, 'date') ?? new Date(clock().date())
  if (date instanceof Date && !Number.isNaN(date.getTime())) return date
  throw netError('NET_BAD_OPTION', { message: 'date must be a valid Date' })
}

function line(field: string, text: unknown): string {
  if (typeof text !== 'string')
    throw netError('NET_BAD_OPTION', { message: `${field} must be a string` })
  refuseControl(field, text)
  return text
}

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
