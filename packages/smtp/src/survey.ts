/*
 * What a message is, read from its bytes as they pass: how large it is on the wire, whether it has bytes beyond
 * ASCII, and where, and how long its lines are. These are announced to the server before the message, so that they have
 * to be true. Changes nothing and knows no server.
 */

import { isAscii } from 'node:buffer'

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
export class Survey {
  #size = 0
  #eightBit = false
  #utf8Header: string | undefined
  #longLine = false
  #longHeader: string | undefined
  // What came of the line that has no end yet: its beginning and its length.
  #start: Buffer = NOTHING
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
    if (bytes.length === 0) return
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#eightBit ||= !isAscii(chunk)
    let from = this.#endedByCr && chunk[0] === LF ? 1 : 0
    this.#endedByCr = false
    const ends = new LineEnds(chunk)
    for (let end = ends.next(from); end < chunk.length; end = ends.next(from)) {
      this.#line(chunk.subarray(from, end))
      from = end + 1
      if (chunk[end] !== CR) continue
      if (from === chunk.length) this.#endedByCr = true
      else if (chunk[from] === LF) from += 1
    }
    this.#begin(chunk.subarray(from))
  }

  /** The message is at its end. */
  end(): void {
    if (this.#length > 0) this.#line(NOTHING)
  }

  #begin(piece: Buffer): void {
    this.#length += piece.length
    if (this.#start.length < ENOUGH && piece.length > 0) {
      this.#start = Buffer.concat([this.#start, piece.subarray(0, ENOUGH - this.#start.length)])
    }
    if (this.#length > LONGEST_LINE) this.#tooLong(this.#start)
  }

  #line(piece: Buffer): void {
    if (this.#length > 0) this.#begin(piece)
    const line = this.#length > 0 ? this.#start : piece
    const length = this.#length > 0 ? this.#length : piece.length
    this.#size += length + CRLF
    if (length > LONGEST_LINE) this.#tooLong(line)
    if (this.#inHeaders) this.#header(line)
    else if (this.#boundaries.size > 0 && line[0] === DASH && line[1] === DASH)
      this.#delimiter(line)
    this.#start = NOTHING
    this.#length = 0
  }

  #tooLong(line: Buffer): void {
    if (this.#longLine) return
    this.#longLine = true
    if (this.#inHeaders) this.#longHeader = nameOf(line) ?? this.#headerName
  }

  #header(line: Buffer): void {
    if (line.length === 0) return this.#headersEnd()
    this.#headerName = nameOf(line) ?? this.#headerName
    if (!isAscii(line)) this.#utf8Header ??= this.#headerName
    if (this.#head.length < LONGEST_HEAD) this.#head += `${line.toString('latin1')}\n`
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

  #delimiter(line: Buffer): void {
    this.#inHeaders = this.#boundaries.has(line.toString('latin1', 2).trimEnd())
  }
}

/** The ends of a chunk's lines; each byte is looked at twice at most, whatever the ends are. */
class LineEnds {
  readonly #chunk: Buffer
  #cr = -1
  #lf = -1

  constructor(chunk: Buffer) {
    this.#chunk = chunk
  }

  /** Where the line that begins at `from` ends; the chunk's length if it does not end in this chunk. */
  next(from: number): number {
    if (this.#cr < from) this.#cr = this.#find(CR, from)
    if (this.#lf < from) this.#lf = this.#find(LF, from)
    return Math.min(this.#cr, this.#lf)
  }

  #find(byte: number, from: number): number {
    const at = this.#chunk.indexOf(byte, from)
    return at < 0 ? this.#chunk.length : at
  }
}

function nameOf(line: Buffer): string | undefined {
  return HEADER.exec(line.toString('latin1', 0, 100))?.[1]
}

/** The longest line of a mail in bytes, without its end (RFC 5322, section 2.1.1). */
export const LONGEST_LINE = 998
const ENOUGH = LONGEST_LINE + 1
const LONGEST_HEAD = 65_536
const CRLF = 2
const LF = 0x0a
const CR = 0x0d
const DASH = 0x2d
const NOTHING: Buffer = Buffer.alloc(0)
const HEADER = /^([!-9;-~]+)[ \t]*:/
const CONTENT_TYPE = /^content-type[ \t]*:(.*(?:\n[ \t].*)*)/im
const BOUNDARY = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i
const WITHIN = /^\s*message\/(?:rfc822|global)\b/i
