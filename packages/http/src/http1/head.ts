/*
 * The head of a message: its first line and its fields, or the trailers alone, in one pass over the bytes. A line that is
 * cut waits for its end; all others are read where they lie. Strings are made once for what arrived together.
 *
 * Weak point: a field's value is checked when its line is complete, so of a line that never ends we say only that it is
 * too long.
 */

import { CutLine } from './cut-line.ts'
import {
  endOf,
  endOfLine,
  endOfText,
  headTooLong,
  refuseOther,
  requestLine,
  statusLine,
  type RequestLine,
  type StatusLine,
} from './start-line.ts'
import { COLON, CR, LF, malformed, SPACE, TAB, TOKEN, VALUE, type Spoken } from './syntax.ts'

/** How a head is read. */
export interface HeadRules {
  readonly what: Spoken
  /** Whether a line may end with LF alone. */
  readonly lenient: boolean
  /** How many bytes the head may have, its end included. */
  readonly limit: number
}

/** How many bytes the head of a message, its trailers and the line of a chunk's size may have, each. */
export const HEAD_LIMIT = 65_536

/** Reads one head after the other. */
export class HeadReader {
  readonly #rules: HeadRules
  readonly #cut = new CutLine()
  /** The response head before, as it came and as it was read: servers say the same again and again. */
  #before: ReadHead | undefined
  /** How many heads in a row were not the one before. */
  #others = 0
  #size = 0
  #inFields = false
  #status: StatusLine | undefined
  #request: RequestLine | undefined
  /** Added to while a head is read, and never afterwards. */
  #fields: string[] = NO_FIELDS

  constructor(rules: HeadRules) {
    this.#rules = rules
  }

  /** Whether part of a head has arrived. */
  get isBegun(): boolean {
    return this.#size > 0
  }

  /** The first line of a response that was read. */
  get status(): StatusLine | undefined {
    return this.#status
  }

  /** The first line of a request that was read. */
  get request(): RequestLine | undefined {
    return this.#request
  }

  /** Begins anew; `inFields` for trailers, which have no first line. */
  begin(inFields: boolean): void {
    this.#size = 0
    this.#inFields = inFields
    this.#status = undefined
    this.#request = undefined
    this.#fields = NO_FIELDS
  }

  /** Names and values in turn; the same list for a head that is the same, byte by byte, as the one before. */
  takeFields(): readonly string[] {
    const fields = this.#fields
    this.#fields = NO_FIELDS
    return fields
  }

  /** Reads from there on. Returns the place behind the head, or -1 if there is more to come. Throws for what HTTP does not allow. */
  read(bytes: Buffer, from: number): number {
    if (this.#cut.length === 0) return this.#readWhole(bytes, from)
    const feed = bytes.indexOf(LF, from)
    const end = feed < 0 ? bytes.length : feed + 1
    this.#count(end - from)
    this.#cut.add(bytes, from, end)
    if (feed < 0) return -1
    const line = this.#cut.take()
    this.#size -= line.length
    if (this.#readLines(line, 0) >= 0) return end
    // A CR in the middle of the line would have been refused: it has been read to its end.
    return this.#readLines(bytes, end)
  }

  #readWhole(bytes: Buffer, from: number): number {
    const isResponse = this.#size === 0 && !this.#inFields && this.#rules.what === 'response'
    if (!isResponse || this.#others > MOST_OTHERS) return this.#readLines(bytes, from)
    if (this.#isAsBefore(bytes, from)) return from + this.#size
    const end = this.#readLines(bytes, from)
    if (end < 0 || this.#status === undefined) return end
    this.#others += 1
    Object.freeze(this.#fields)
    const fields = this.#fields
    const copy = Buffer.from(bytes.subarray(from, end))
    this.#before = { bytes: copy, status: this.#status, fields }
    return end
  }

  #isAsBefore(bytes: Buffer, from: number): boolean {
    const before = this.#before
    if (before === undefined) return false
    const { length } = before.bytes
    if (from + length > bytes.length) return false
    if (bytes.compare(before.bytes, 0, length, from, from + length) !== 0) return false
    this.#others = 0
    this.#size = length
    this.#inFields = true
    this.#status = before.status
    this.#fields = before.fields
    return true
  }

  /** The lines that are complete; the rest waits. */
  #readLines(bytes: Buffer, from: number): number {
    let at = from
    let ended = false
    marks = 0
    while (!ended && at < bytes.length) {
      const inFields = this.#inFields
      const next = inFields ? this.#readField(bytes, at) : this.#readStart(bytes, at)
      if (next < 0) break
      ended = inFields && (bytes[at] === CR || bytes[at] === LF)
      at = next
    }
    this.#count(bytes.length > at && !ended ? bytes.length - from : at - from)
    if (marks > 0) this.#name(bytes, from, at)
    if (ended) return at
    this.#cut.add(bytes, at, bytes.length)
    return -1
  }

  #count(size: number): void {
    this.#size += size
    const { what, limit } = this.#rules
    if (this.#size > limit) throw headTooLong(what, limit)
  }

  #readStart(bytes: Buffer, at: number): number {
    const { what } = this.#rules
    const end = endOfText(bytes, at)
    if (end === bytes.length) {
      refuseOther(bytes, at, what)
      return -1
    }
    const next = endOfLine(bytes, end, this.#rules)
    if (next < 0) return -1
    // A server ignores an empty line in front of a request (RFC 9112 section 2.2).
    if (end === at && what === 'request') return next
    if (what === 'response') this.#status = statusLine(bytes, at, end)
    else this.#request = requestLine(bytes, at, end)
    this.#inFields = true
    return next
  }

  /** One line of the fields, its parts marked; the empty line is its own end. */
  #readField(bytes: Buffer, at: number): number {
    const first = bytes[at]
    if (first === SPACE || first === TAB) return this.#readFold(bytes, at)
    const colon = endOf(TOKEN, bytes, at)
    if (colon === bytes.length) return -1
    if (colon === at) return this.#readEnd(bytes, at)
    if (bytes[colon] !== COLON) throw malformed(this.#rules.what, 'a name that is not a token')
    mark[marks] = at
    mark[marks + 1] = colon
    return this.#readValue(bytes, colon + 1)
  }

  /** Marks the value behind what is marked of its name. */
  #readValue(bytes: Buffer, at: number): number {
    const start = afterBlanks(bytes, at)
    const end = endOf(VALUE, bytes, start)
    if (end === bytes.length) return -1
    const next = endOfLine(bytes, end, this.#rules)
    if (next < 0) return -1
    mark[marks + 2] = start
    mark[marks + 3] = beforeBlanks(bytes, start, end)
    marks += 4
    return next
  }

  #readEnd(bytes: Buffer, at: number): number {
    if (bytes[at] === CR || bytes[at] === LF) return endOfLine(bytes, at, this.#rules)
    throw malformed(this.#rules.what, 'a name that is not a token')
  }

  /** A line that begins with a blank goes on with the value of the one before (RFC 9112 section 5.2). */
  #readFold(bytes: Buffer, at: number): number {
    if (marks === 0 && this.#fields.length === 0)
      throw malformed(this.#rules.what, 'a blank in front of the first field')
    mark[marks] = FOLD
    mark[marks + 1] = FOLD
    return this.#readValue(bytes, at)
  }

  /** Makes strings of what was marked. */
  #name(bytes: Buffer, from: number, to: number): void {
    const text = bytes.toString('latin1', from, to)
    const fields = this.#fields.length === 0 ? [] : this.#fields
    for (let at = 0; at < marks; at += 4) {
      const name = mark[at] ?? 0
      const value = text.slice((mark[at + 2] ?? 0) - from, (mark[at + 3] ?? 0) - from)
      if (name === FOLD) fields[fields.length - 1] = unfolded(fields.at(-1) ?? '', value)
      else fields.push(text.slice(name - from, (mark[at + 1] ?? 0) - from), value)
    }
    this.#fields = fields
  }
}

interface ReadHead {
  readonly bytes: Buffer
  readonly status: StatusLine
  readonly fields: string[]
}

function unfolded(before: string, more: string): string {
  return before === '' || more === '' ? before + more : `${before} ${more}`
}

function afterBlanks(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === SPACE || bytes[at] === TAB) at++
  return at
}

function beforeBlanks(bytes: Buffer, start: number, end: number): number {
  let at = end
  while (at > start && (bytes[at - 1] === SPACE || bytes[at - 1] === TAB)) at--
  return at
}

/** Where the parts of fields are: four places for each. One list for all, as none is needed beyond a call. */
const mark: number[] = []
let marks = 0
const FOLD = -1
const NO_FIELDS: string[] = []
/** To compare with one more would cost more than it spares. */
const MOST_OTHERS = 8
