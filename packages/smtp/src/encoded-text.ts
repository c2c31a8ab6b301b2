/*
 * Text of any script as ASCII, for bodies (RFC 2045, section 6) and for headers (RFC 2047). Knows no message.
 */

/** A text as a body, in lines that end with CRLF. */
export interface EncodedText {
  readonly encoding: '7bit' | '8bit' | 'quoted-printable' | 'base64'
  readonly lines: string
  /** Whether one of them begins with a dot. */
  readonly dots: boolean
}

/** How a text is to be encoded; `auto` for the shortest way in which every reader gets it as it was. */
export type TextEncoding = 'auto' | 'quoted-printable' | 'base64' | '8bit'

/** The text as a body. With `auto`, the default, it stays as it is where every reader gets it as it was. */
export function transferEncode(text: string, wanted: TextEncoding = 'auto'): EncodedText {
  // Looked at before its lines are made of it, which need not be put together then before they leave.
  const given = text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text
  const isPlain = !BEYOND_ASCII.test(given) && isShort(given)
  const lines = linesOf(given)
  if (isPlain && (wanted === 'auto' || wanted === '8bit')) {
    return { encoding: '7bit', lines, dots: hasDots(given) }
  }
  const bytes = Buffer.from(lines, 'utf8')
  const isMany = bytes.length - lines.length > lines.length / MANY
  if (wanted === '8bit' && !TOO_LONG.test(bytes.toString('latin1'))) {
    return { encoding: '8bit', lines: bytes.toString('latin1'), dots: hasDots(given) }
  }
  if (wanted === 'base64' || (wanted === 'auto' && isMany)) {
    return { encoding: 'base64', lines: inLines(bytes.toString('base64')), dots: false }
  }
  const safe = quoted(bytes.toString('latin1'))
  return { encoding: 'quoted-printable', lines: safe, dots: hasDots(safe) }
}

function hasDots(text: string): boolean {
  return text.startsWith('.') || text.includes('\n.')
}

function linesOf(text: string): string {
  // A pattern gives the text in one piece; of a short one that costs more than what it saves.
  return text.length > LONG ? text.replaceAll(/\n/g, '\r\n') : text.replaceAll('\n', '\r\n')
}

/** Whether each of the lines fits. */
function isShort(text: string): boolean {
  let start = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    if (end - start > LINE) return false
    start = end + 1
  }
  return text.length - start <= LINE
}

/** The text of a header, in words of at most 64 letters that may stand on lines of their own. */
export function encodeWords(text: string): string {
  const words: string[] = []
  let word = ''
  for (const character of text) {
    if (Buffer.byteLength(word) + Buffer.byteLength(character) > LONGEST_WORD) {
      words.push(word)
      word = ''
    }
    word += character
  }
  words.push(word)
  return words.map((each) => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`).join(' ')
}

function quoted(bytes: string): string {
  const safe = bytes.replaceAll(QUOTED, (byte) => {
    const hex = byte.charCodeAt(0).toString(16).toUpperCase()
    return `=${hex.padStart(2, '0')}`
  })
  const lines = safe.split('\r\n')
  return lines
    .map((line) => (line.length > LINE ? line.replaceAll(PIECE, '$&=\r\n') : line))
    .join('\r\n')
}

/** Base64 in lines of 76 letters, without an end behind the last of them. */
export function inLines(base64: string): string {
  let lines = base64.slice(0, LINE)
  for (let at = LINE; at < base64.length; at += LINE) {
    lines += `\r\n${base64.slice(at, at + LINE)}`
  }
  return lines
}

const LINE = 76
const LONG = 16_384
const BEYOND_ASCII = /[^\t\r\n -~]/
const TOO_LONG = /[^\r\n]{999}|\0/
// Above one byte in so many that needs quoting, base64 is the shorter one.
const MANY = 6
// Also space at the end of a line, which some servers take away.
const QUOTED = /[^\t\r\n -<>-~]|[\t ](?=\r\n|$)/g
// A line goes on behind at most 75 letters, before or behind a quoted byte and never within.
const PIECE = /.{73,75}(?<!=[\dA-F]?)(?=.)/g
// In bytes: 52 letters of base64, and 12 around them.
const LONGEST_WORD = 39
