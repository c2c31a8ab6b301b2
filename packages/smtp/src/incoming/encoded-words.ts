/* Text of headers as a reader shows it (RFC 2047), also where characters were cut between encoded words. */

import { decodeText } from './charset.ts'
import { transferDecode } from './transfer-decoding.ts'

/** The header's text; words whose label is unknown are decoded as well as can be. */
export function decodeWords(text: string): string {
  const plain = text.replaceAll(BETWEEN, '$1')
  return plain.replaceAll(RUN, (run: string) => decodeRun(run))
}

/** Neighbouring words of one charset are joined as bytes: a character may begin in one and end in the next. */
function decodeRun(run: string): string {
  const words = [...run.matchAll(WORD)].map(([, charset = '', encoding = '', body = '']) => ({
    charset: charset.replace(/\*.*$/, '').toLowerCase(),
    bytes: bytesOf(encoding, body),
  }))
  let text = ''
  for (let at = 0; at < words.length;) {
    const { charset = '' } = words[at] ?? {}
    const from = at
    while (words[at]?.charset === charset) at += 1
    const own = words.slice(from, at).map(({ bytes }) => bytes)
    text += decodeTogether(own, charset)
  }
  return text
}

/** Charsets that switch between alphabets do so anew in each word, which together is no text in all of them. */
function decodeTogether(words: readonly Buffer[], charset: string): string {
  const { text } = decodeText(Buffer.concat(words), charset)
  if (words.length === 1 || !text.includes('\uFFFD')) return text
  const apart = words.map((bytes) => decodeText(bytes, charset).text).join('')
  return apart.includes('\uFFFD') ? text : apart
}

function bytesOf(encoding: string, body: string): Buffer {
  if (encoding.toLowerCase() === 'b') return transferDecode(body, 'base64').bytes
  return transferDecode(body.replaceAll('_', '=20'), 'quoted-printable').bytes
}

const BETWEEN = /(=\?[^?\s]+\?[bq]\?[^?]*\?=)[ \t\r\n]+(?==\?[^?\s]+\?[bq]\?[^?]*\?=)/gi
const RUN = /(?:=\?[^?\s]+\?[bq]\?[^?]*\?=)+/gi
const WORD = /=\?([^?\s]+)\?([bq])\?([^?]*)\?=/gi
