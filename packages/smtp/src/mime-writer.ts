/*
 * Writes the common message itself: text, HTML or both, of any script, and headers of the usual form. Whatever needs more
 * is left to the engine, which knows more cases and takes ten times as long.
 */

import { randomUUID } from 'node:crypto'

import type { AddressParts } from './address.ts'
import { transferEncode, encodeWords } from './encoded-text.ts'
import type { CheckedMessage } from './message.ts'

/** The message in MIME, all of it ASCII and in lines of at most 76 letters; undefined if it is not of the common form. */
export function writeMessage(message: CheckedMessage): Buffer | undefined {
  const { text = '', html = '', attachments } = message
  if (attachments.length > 0 || `${text}${html}` === '') return undefined
  const headers = headersOf(message)
  if (!headers.every((header) => header !== undefined)) return undefined
  const parts = [...partOf('plain', text), ...partOf('html', html)]
  const head = headers.join('')
  return Buffer.from(`${head}MIME-Version: 1.0\r\n${bodyOf(parts)}`, 'latin1')
}

function bodyOf([part = '', other]: readonly string[]): string {
  if (other === undefined) return part.endsWith('\r\n') ? part : `${part}\r\n`
  // Not to be guessed, so that no text can have it.
  const boundary = `net-${randomUUID()}`
  const type = `Content-Type: multipart/alternative;\r\n boundary="${boundary}"\r\n`
  return `${type}\r\n--${boundary}\r\n${part}\r\n--${boundary}\r\n${other}\r\n--${boundary}--\r\n`
}

function partOf(type: 'plain' | 'html', text: string): string[] {
  if (text === '') return []
  const { encoding, lines } = transferEncode(text)
  return [
    `Content-Type: text/${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${lines}`,
  ]
}

function headersOf(message: CheckedMessage): (string | undefined)[] {
  const { from, sender, replyTo, to, cc, subject, messageId, date, headers } = message
  const further = [{ key: 'Subject', value: subject }, ...headers]
  return [
    header('From', mailboxes([from])),
    header('Sender', mailboxes(sender === undefined ? [] : [sender])),
    header('Reply-To', mailboxes(replyTo)),
    header('To', mailboxes(to)),
    header('Cc', mailboxes(cc)),
    ...further.map(({ key, value }) => header(key, textOf(key, value))),
    header('Message-ID', asIs(messageId)),
    header('Date', date.toUTCString().replace('GMT', '+0000')),
  ]
}

/** The header in lines; undefined if one of its words fits into no line. */
function header(key: string, value: string | undefined): string | undefined {
  if (value === undefined || value === '') return value
  let lines = `${key}:`
  let room = LONGEST_LINE - lines.length
  // Some readers take a fold between a name and its value for a space of the value.
  let isFirst = true
  for (const word of value.split(' ')) {
    const fits = word.length < room
    if (!fits && (isFirst || word.length >= LONGEST_LINE)) return undefined
    lines += fits ? ` ${word}` : `\r\n ${word}`
    room = (fits ? room : LONGEST_LINE) - word.length - 1
    isFirst = false
  }
  return `${lines}\r\n`
}

function textOf(key: string, value: string): string | undefined {
  if (!USUAL_NAME.test(key)) return undefined
  return UNSTRUCTURED.test(key) ? (asIs(value) ?? encoded(value)) : asIs(value)
}

function mailboxes(list: readonly AddressParts[]): string | undefined {
  const all = list.map(mailbox)
  return all.every((each) => each !== undefined) ? all.join(', ') : undefined
}

function mailbox({ name = '', address }: AddressParts): string | undefined {
  if (!USUAL_ADDRESS.test(address)) return undefined
  if (name === '') return address
  const shown = encoded(name) ?? nameOf(name)
  return shown === undefined ? undefined : `${shown} <${address}>`
}

function nameOf(name: string): string | undefined {
  const text = asIs(name)
  if (text === undefined || WORDS.test(text)) return text
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

/** Text that no reader changes: words of ASCII with one space between them. */
function asIs(text: string): string | undefined {
  return text === '' || (SIMPLE.test(text) && !text.includes('=?')) ? text : undefined
}

function encoded(text: string): string | undefined {
  return BEYOND_ASCII.test(text) && !text.includes('\t') ? encodeWords(text) : undefined
}

const LONGEST_LINE = 76
const SIMPLE = /^[!-~]+(?: [!-~]+)*$/
const BEYOND_ASCII = /[^\0-\x7F]/
const WORDS = /^[\w ]+$/
const USUAL_NAME = /^[A-Z][a-z\d]*(?:-[A-Z][a-z\d]*)*$/
// The others have a form of their own, in which an encoded word would be a part of it.
const UNSTRUCTURED = /^(?:Subject|X-.*)$/
const USUAL_ADDRESS = /^[\w!#$%&'*+/=?^`{|}~.-]+@[\w.-]+$/
