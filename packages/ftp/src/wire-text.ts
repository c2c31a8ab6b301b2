/*
 * Text and bytes of commands, replies and names. A name need not be text in the encoding that was agreed on: each
 * byte that is none becomes a lone surrogate (U+DC80 to U+DCFF), as in Python's `surrogateescape`, so that two names
 * never become one, and that each goes back to the server as the bytes that it came as.
 */

import { isUtf8 } from 'node:buffer'

import { netError } from '@net/core/authoring'

/** How names are written in bytes. */
export type FtpEncoding = 'utf8' | 'latin1'

/** The text of these bytes; `encode` gives the same bytes back. */
export function fromWire(bytes: Buffer, encoding: FtpEncoding): string {
  if (encoding === 'latin1') return bytes.toString('latin1')
  const text = bytes.toString('utf8')
  // A replacement character may be part of the name; only then the bytes have to be looked at.
  return text.includes('\uFFFD') && !isUtf8(bytes) ? decodeEscaped(bytes) : text
}

/** Whether `decode` met bytes that are not text. */
export function isEscaped(text: string): boolean {
  return !text.isWellFormed()
}

/** The bytes of one line without its end. Throws `NET_INJECTION` for what would end it, `NET_BAD_OPTION` for what the encoding has no bytes for. */
export function toWire(text: string, encoding: FtpEncoding, what = 'the command'): Buffer {
  // NUL is among them, because some servers take it for the end of the line.
  if (/[\r\n\0]/.test(text)) {
    throw netError('NET_INJECTION', { message: `${what} contains a line break or a NUL` })
  }
  if (encoding === 'latin1') {
    // Buffer would cut the code point down to its last byte, which may be any.
    if (/[^\0-\u00FF]/.test(text)) throw notInEncoding(what, 'Latin-1')
    return Buffer.from(text, 'latin1')
  }
  return text.isWellFormed() ? Buffer.from(text, 'utf8') : encodeEscaped(text, what)
}

/** The bytes of one line without its end, as text each character of which is a byte. Throws as `toWire` does. */
export function toLine(text: string, encoding: FtpEncoding): string {
  return isAsciiLine(text) ? text : toWire(text, encoding).toString('latin1')
}

/** Whether the text is one line that is the same bytes in each encoding, as nearly all are. */
export function isAsciiLine(text: string): boolean {
  return PLAIN.test(text)
}

function decodeEscaped(bytes: Buffer): string {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at] ?? 0)
    const sequence = bytes.subarray(at, at + length)
    const isText = sequence.length === length && isUtf8(sequence)
    text += isText ? sequence.toString('utf8') : String.fromCharCode(ESCAPE + (bytes[at] ?? 0))
    at += isText ? length : 1
  }
  return text
}

function sequenceLength(first: number): number {
  if (first < 0xc0) return 1
  if (first < 0xe0) return 2
  return first < 0xf0 ? 3 : 4
}

function encodeEscaped(text: string, what: string): Buffer {
  const parts = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code < FIRST_SURROGATE || code > LAST_SURROGATE) return Buffer.from(character, 'utf8')
    // Half of a character that was cut in two, and no byte of a listing.
    if (code < ESCAPE + 0x80 || code > ESCAPE + 0xff) throw notInEncoding(what, 'UTF-8')
    return Buffer.of(code - ESCAPE)
  })
  return Buffer.concat(parts)
}

function notInEncoding(what: string, encoding: string): Error {
  return netError('NET_BAD_OPTION', {
    message: `${what} contains a character that ${encoding} cannot write`,
  })
}

const PLAIN = /^[ -~]*$/
const ESCAPE = 0xdc00
const FIRST_SURROGATE = 0xd800
const LAST_SURROGATE = 0xdfff
