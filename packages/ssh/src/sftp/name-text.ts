/*
 * Names as text and as the bytes of the wire. A name need not be text in the encoding that is used: each byte that is none
 * becomes a lone surrogate (U+DC80 to U+DCFF), as in Python's `surrogateescape`, so that two names never become one, and
 * that each goes back to the server as the bytes that it came as.
 */

import { isUtf8 } from 'node:buffer'

import { netError } from '@net/core/authoring'

/** How names are written in bytes. */
export type SftpEncoding = 'utf8' | 'latin1'

/** The text of these bytes; `nameBytes` gives the same bytes back. */
export function nameText(bytes: Buffer, encoding: SftpEncoding): string {
  if (encoding === 'latin1') return bytes.toString('latin1')
  const text = bytes.toString('utf8')
  // A replacement character may be part of the name; only then the bytes have to be looked at.
  return text.includes('\uFFFD') && !isUtf8(bytes) ? escaped(bytes) : text
}

/** The bytes of the text. Throws `NET_BAD_OPTION` for what the encoding has no bytes for. */
export function nameBytes(text: string, encoding: SftpEncoding): Buffer {
  if (encoding === 'latin1') {
    // Buffer would cut the code point down to its last byte, which may be any.
    if (/[^\0-\u00FF]/.test(text)) throw notInEncoding(text, 'Latin-1')
    return Buffer.from(text, 'latin1')
  }
  return text.isWellFormed() ? Buffer.from(text, 'utf8') : unescaped(text)
}

function escaped(bytes: Buffer): string {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] ?? 0
    const length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    const sequence = bytes.subarray(at, at + length)
    const isText = sequence.length === length && isUtf8(sequence)
    text += isText ? sequence.toString('utf8') : String.fromCharCode(ESCAPE + first)
    at += isText ? length : 1
  }
  return text
}

function unescaped(text: string): Buffer {
  const parts = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code < FIRST_SURROGATE || code > LAST_SURROGATE) return Buffer.from(character, 'utf8')
    // Half of a character that was cut in two, and no byte of a name.
    if (code < ESCAPE + 0x80 || code > ESCAPE + 0xff) throw notInEncoding(text, 'UTF-8')
    return Buffer.of(code - ESCAPE)
  })
  return Buffer.concat(parts)
}

function notInEncoding(text: string, encoding: string): Error {
  return netError('NET_BAD_OPTION', {
    message: `the path ${JSON.stringify(text)} contains a character that ${encoding} cannot write`,
  })
}

const ESCAPE = 0xdc00
const FIRST_SURROGATE = 0xd800
const LAST_SURROGATE = 0xdfff
