/*
 * The body of an answer that is of no use: whether it ends before the connection does (RFC 9112, section 6.3), and where. What
 * is not certain counts as the end of the connection.
 */

import type { ByteQueue } from '@net/core/authoring'

import { lineOf, type ReadRule } from '../reads.ts'

/** What the head of an answer says about its body and its connection. */
export class BodyNotes {
  #length: number | undefined
  #isChunked = false
  #isUnclear = false
  #keeps: boolean | undefined

  /** Takes a line of the head. */
  note(line: string): void {
    const [, name = '', value = ''] = FIELD.exec(line) ?? []
    const said = value.trim().toLowerCase()
    switch (name.toLowerCase()) {
      case 'content-length':
        this.#isUnclear ||= !DIGITS.test(said) || this.#length !== undefined
        this.#length = Number(said)
        break
      case 'transfer-encoding':
        this.#isUnclear ||= said !== 'chunked' || this.#isChunked
        this.#isChunked = true
        break
      case 'connection':
      case 'proxy-connection':
        this.#noteConnection(said)
    }
  }

  #noteConnection(said: string): void {
    if (/\bclose\b/.test(said)) this.#keeps = false
    else if (/\bkeep-alive\b/.test(said)) this.#keeps ??= true
  }

  /** The body; undefined if the connection ends with it, or it is too long to be read for nothing. */
  body(isHttp10: boolean): UselessBody | undefined {
    const keeps = this.#keeps ?? !isHttp10
    const length = this.#length
    if (!keeps || this.#isUnclear || (length === undefined) === !this.#isChunked) return undefined
    if (length !== undefined) return length > MOST_USELESS ? undefined : new UselessBody(length)
    return new UselessBody('chunked')
  }
}

/** A body that is read for nothing. */
export class UselessBody {
  #line = newLine()
  /** How many bytes follow before the next line, if one does. */
  #left: number
  #place: 'bytes' | 'size' | 'trailers'
  readonly #isChunked: boolean
  #read = 0

  constructor(framing: number | 'chunked') {
    this.#isChunked = framing === 'chunked'
    this.#left = framing === 'chunked' ? 0 : framing
    this.#place = framing === 'chunked' ? 'size' : 'bytes'
  }

  /** Takes its bytes from the queue: `over` if it ended there, `lost` if it is too long or cannot be read. */
  skip(queue: ByteQueue): 'more' | 'over' | 'lost' {
    for (;;) {
      const before = queue.length
      const step = this.#place === 'bytes' ? this.#skipBytes(queue) : this.#skipLine(queue)
      this.#read += before - queue.length
      if (this.#read > MOST_USELESS) return 'lost'
      if (step !== 'on') return step
    }
  }

  #skipBytes(queue: ByteQueue): Skipped {
    const taken = Math.min(this.#left, queue.length)
    queue.take(taken)
    this.#left -= taken
    if (this.#left > 0) return 'more'
    if (!this.#isChunked) return 'over'
    this.#place = 'size'
    return 'on'
  }

  #skipLine(queue: ByteQueue): Skipped {
    const line = this.#line(queue, false)
    if (line === null || line === undefined) return queue.length > LONGEST_LINE ? 'lost' : 'more'
    this.#line = newLine()
    if (this.#place === 'trailers') return line === '' ? 'over' : 'on'
    const [, digits] = SIZE.exec(line) ?? []
    if (digits === undefined) return 'lost'
    const size = Number.parseInt(digits, 16)
    // With the end of the line behind the chunk.
    this.#left = size + 2
    this.#place = size === 0 ? 'trailers' : 'bytes'
    return 'on'
  }
}

type Skipped = 'on' | 'more' | 'over' | 'lost'

function newLine(): ReadRule<string | null> {
  // Its length is looked at here: a line that is too long ends no call.
  return lineOf(Infinity, 'latin1')
}

const MOST_USELESS = 65_536
const LONGEST_LINE = 4096
const FIELD = /^([^:\s]+)[ \t]*:(.*)$/
const DIGITS = /^\d{1,15}$/
const SIZE = /^([\da-f]{1,8})[ \t]*(?:;.*)?$/i
