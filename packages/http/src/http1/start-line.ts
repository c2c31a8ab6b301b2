/* The first line of a message, taken apart (RFC 9112 sections 3 and 4). */

import { CR, LF, malformed, SPACE, TARGET, TOKEN, tooMuch, VALUE, type Spoken } from './syntax.ts'

/** The first line of a response. */
export interface StatusLine {
  /** 0 of HTTP/1.0, 1 of HTTP/1.1; a later one counts as 1. */
  readonly minor: number
  readonly status: number
  /** Empty if there is none. */
  readonly reason: string
}

/** The first line of a request. */
export interface RequestLine {
  readonly minor: number
  readonly method: string
  /** As it was sent: a path, a whole URL, `host:port` or `*` (RFC 9112 section 3.2). */
  readonly target: string
}

/** Where a line ends: the place behind its LF; -1 if that has not arrived. Throws for a bare LF, unless `lenient`, and a bare CR. */
export function endOfLine(
  bytes: Buffer,
  at: number,
  { what, lenient }: { readonly what: Spoken; readonly lenient: boolean },
): number {
  const byte = bytes[at]
  if (byte === CR) {
    if (at + 1 >= bytes.length) return -1
    if (bytes[at + 1] === LF) return at + 2
    throw malformed(what, 'a CR without LF')
  }
  if (byte === LF && lenient) return at + 1
  throw malformed(what, byte === LF ? 'a line ends with LF alone' : 'a control character')
}

/** Where the bytes that the table has end, at or after `at`. */
export function endOf(table: Uint8Array, bytes: Buffer, at: number): number {
  let end = at
  while (end < bytes.length && table[bytes[end] ?? 0] === 1) end++
  return end
}

/** The status line; `end` is where its text ends. */
export function statusLine(bytes: Buffer, start: number, end: number): StatusLine {
  const minor = version(bytes, start, 'response')
  const at = start + VERSION.length + 1
  if (bytes[at] !== SPACE) throw malformed('response', 'no status')
  const status = digits(bytes, at + 1)
  if (status < 100) throw malformed('response', 'the status is not three digits from 100 on')
  const after = at + 4
  if (after < end && bytes[after] !== SPACE) throw malformed('response', 'a status of four digits')
  return { minor, status, reason: bytes.toString('latin1', Math.min(after + 1, end), end) }
}

/** The request line; `end` is where its text ends. */
export function requestLine(bytes: Buffer, start: number, end: number): RequestLine {
  const afterMethod = endOf(TOKEN, bytes, start)
  if (afterMethod === start || bytes[afterMethod] !== SPACE)
    throw malformed('request', 'the method is not a token')
  const afterTarget = endOf(TARGET, bytes, afterMethod + 1)
  if (afterTarget === afterMethod + 1 || bytes[afterTarget] !== SPACE)
    throw malformed('request', 'no target')
  if (end - afterTarget - 1 !== VERSION.length + 1) throw malformed('request', 'no version')
  return {
    minor: version(bytes, afterTarget + 1, 'request'),
    method: bytes.toString('latin1', start, afterMethod),
    target: bytes.toString('latin1', afterMethod + 1, afterTarget),
  }
}

/** Throws if these cannot become the first line of a response: a peer that speaks something else may never end its line. */
export function refuseOther(bytes: Buffer, start: number, what: Spoken): void {
  if (what === 'request') return
  const size = Math.min(bytes.length - start, VERSION.length)
  for (let at = 0; at < size; at++) {
    if (bytes[start + at] !== VERSION.charCodeAt(at)) throw malformed(what, 'no HTTP version')
  }
}

/** Where the text of a start line ends. */
export function endOfText(bytes: Buffer, at: number): number {
  return endOf(VALUE, bytes, at)
}

/** A head that is longer than we take. */
export function headTooLong(what: Spoken, limit: number): Error {
  return tooMuch(`the header section of the ${what} is longer than ${limit} bytes`, limit)
}

function version(bytes: Buffer, start: number, what: Spoken): number {
  for (let at = 0; at < VERSION.length; at++) {
    if (bytes[start + at] !== VERSION.charCodeAt(at)) throw malformed(what, 'no HTTP version')
  }
  const digit = (bytes[start + VERSION.length] ?? 0) - ZERO
  if (digit < 0 || digit > 9) throw malformed(what, 'no HTTP version')
  return Math.min(digit, 1)
}

function digits(bytes: Buffer, start: number): number {
  let value = 0
  for (let at = start; at < start + 3; at++) {
    const digit = (bytes[at] ?? 0) - ZERO
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

const VERSION = 'HTTP/1.'
const ZERO = 48
