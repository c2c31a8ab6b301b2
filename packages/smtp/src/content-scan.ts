/*
 * What a message is, read from its bytes as they pass: how large it is on the wire, whether it has bytes beyond
 * ASCII, and where, and how long its lines are. These are announced to the server before the message, so that they have
 * to be true. Changes nothing and knows no server.
 */

import { isAscii } from 'node:buffer'

import { piecesOf } from '@net/core/authoring'

/** What is known of a message so far. */
export interface ContentFacts {
  /** In bytes with CRLF at every line's end (RFC 1870, section 3). */
  readonly size: number
  /** Whether it has bytes above 127 (RFC 6152). */
  readonly eightBit: boolean
  /** The first header, of the message or a part of it, that has bytes above 127 (RFC 6532). */
  readonly utf8Header?: string
  /** Whether a line has more than 998 bytes (RFC 5322, section 2.1.1). */
  readonly longLine: boolean
  /** The header that has that line; absent for a line of the text. */
  readonly longHeader?: string
}

/** Reads the bytes of one message, however they are cut. */
export class ContentScan {
  #size = 0
  #eightBit = false
  #utf8Header: string | undefined
  #longLine = false
  #longHeader: string | undefined
  // What came of the line that has no end yet: its beginning and its length.
  #start = ''
  #length = 0
  #endedByCr = false
  #inHeaders = true
  #headerName = ''
  #head = ''
  readonly #boundaries = new Set<string>()

  /** What the bytes read so far say. */
  get facts(): ContentFacts {
    return {
      size: this.#size,
      eightBit: this.#eightBit,
      longLine: this.#longLine,
      ...(this.#utf8Header === undefined ? {} : { utf8Header: this.#utf8Header }),
      ...(this.#longHeader === undefined ? {} : { longHeader: this.#longHeader }),
    }
  }

  /** Whether the headers, of the message or of a part, have not come to their end. */
  get inHeaders(): boolean {
    return this.#inHeaders
  }

  /** These bytes come next. */
  push(bytes: Uint8Array): void {
    for (const [piece = bytes] of piecesOf([bytes])) {
      this.#eightBit ||= !isAscii(piece)
      this.#push(Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1'))
    }
  }

  /** The message is at its end. */
  end(): void {
    if (this.#length > 0) this.#line('')
  }

  #push(text: string): void {
    const lines = text.slice(this.#endedByCr && text.startsWith('\n') ? 1 : 0).split(LINE_END)
    this.#endedByCr = text.endsWith('\r')
    const rest = lines.pop() ?? ''
    for (const line of lines) this.#line(line)
    this.#begin(rest)
  }

  #begin(piece: string): void {
    this.#length += piece.length
    if (this.#start.length <= LONGEST_LINE) this.#start += piece
    if (this.#length > LONGEST_LINE) this.#tooLong(this.#start)
  }

  #line(piece: string): void {
    this.#begin(piece)
    const line = this.#start
    this.#size += this.#length + CRLF
    if (this.#inHeaders) this.#header(line)
    else if (this.#boundaries.size > 0 && line.startsWith('--')) this.#delimiter(line)
    this.#start = ''
    this.#length = 0
  }

  #tooLong(line: string): void {
    if (this.#longLine) return
    this.#longLine = true
    if (this.#inHeaders) this.#longHeader = nameOf(line) ?? this.#headerName
  }

  #header(line: string): void {
    if (line === '') return this.#headersEnd()
    this.#headerName = nameOf(line) ?? this.#headerName
    if (BEYOND_ASCII.test(line)) this.#utf8Header ??= this.#headerName
    if (this.#head.length < LONGEST_HEAD) this.#head += `${line}\n`
    return undefined
  }

  #headersEnd(): void {
    const type = CONTENT_TYPE.exec(this.#head)?.[1] ?? ''
    const [, quoted, plain] = BOUNDARY.exec(type) ?? []
    const boundary = quoted ?? plain
    if (boundary !== undefined) this.#boundaries.add(boundary)
    this.#head = ''
    this.#headerName = ''
    // A message within the message has headers of its own.
    this.#inHeaders = WITHIN.test(type)
  }

  #delimiter(line: string): void {
    this.#inHeaders = this.#boundaries.has(line.slice(2).trimEnd())
  }
}

function nameOf(line: string): string | undefined {
  return HEADER.exec(line.slice(0, 100))?.[1]
}

/** The longest line of a mail in bytes, without its end (RFC 5322, section 2.1.1). */
export const LONGEST_LINE = 998
const LONGEST_HEAD = 65_536
const CRLF = 2
const LINE_END = /\r\n?|\n/
const BEYOND_ASCII = /[^\0-\x7F]/
const HEADER = /^([!-9;-~]+)[ \t]*:/
const CONTENT_TYPE = /^content-type[ \t]*:(.*(?:\n[ \t].*)*)/im
const BOUNDARY = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i
const WITHIN = /^\s*message\/(?:rfc822|global)\b/i
