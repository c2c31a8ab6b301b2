/*
 * Server-sent events out of their text (HTML standard, section 9.2.6): text in, events out. It must not know where the text
 * comes from.
 */

import { netError } from '@net/core/authoring'

/** An event that a server sent. */
export interface ServerSentEvent {
  /** Default `message`. */
  readonly type: string
  /** The lines of data, joined by LF. */
  readonly data: string
  /** The id that holds for this event: its own, or that of an earlier one; empty for none. */
  readonly lastEventId: string
}

/** Takes one stream apart. */
export class EventStream {
  /** Of the last block that has ended: what `Last-Event-ID` says at the next connection. */
  lastEventId: string
  /** How many milliseconds the server wants us to wait before the next connection. */
  retry: number | undefined
  readonly #most: number
  /** The beginning of a line, in pieces: joined only once, as a line may come in thousands of them. */
  #line: string[] = []
  #data: string[] = []
  #type = ''
  #id: string
  /** How many characters the line and the event have. */
  #held = 0
  #isBehindCr = false

  /** `most` is how many characters an event may have. */
  constructor(most: number, lastEventId = '') {
    this.#most = most
    this.lastEventId = lastEventId
    this.#id = lastEventId
  }

  /** The events that the text completes. Throws `NET_PROTO_LIMIT`. */
  *feed(text: string): Generator<ServerSentEvent, void> {
    let at = 0
    for (;;) {
      // CR ends a line at once: the event must not wait for a LF that may belong to it.
      if (this.#isBehindCr && at < text.length) {
        this.#isBehindCr = false
        if (text[at] === '\n') at += 1
      }
      LINE_END.lastIndex = at
      const end = LINE_END.exec(text)?.index
      this.#hold(text.slice(at, end))
      if (end === undefined) return
      at = end + 1
      this.#isBehindCr = text[end] === '\r'
      const line = this.#line.length === 1 ? (this.#line[0] ?? '') : this.#line.join('')
      this.#line = []
      if (line === '') yield* this.#dispatch()
      else this.#field(line)
    }
  }

  #hold(text: string): void {
    if (text === '') return
    this.#held += text.length
    this.#line.push(text)
    if (this.#held <= this.#most) return
    throw netError('NET_PROTO_LIMIT', {
      message: `an event is longer than ${this.#most} characters (maxEventBytes)`,
      limit: this.#most,
      phase: 'receive',
    })
  }

  #field(line: string): void {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const from = line[colon + 1] === ' ' ? colon + 2 : colon + 1
    const value = colon < 0 ? '' : line.slice(from)
    if (name === 'data') this.#data.push(value)
    else {
      // Only data piles up.
      this.#held -= line.length
      if (name === 'event') this.#type = value
      // One that no field of a request can say back is none.
      else if (name === 'id' && !CONTROL.test(value)) this.#id = value
      else if (name === 'retry' && DIGITS.test(value)) this.retry = Number(value)
    }
  }

  *#dispatch(): Generator<ServerSentEvent, void> {
    const { type, data } = { type: this.#type, data: this.#data }
    this.lastEventId = this.#id
    this.#type = ''
    this.#data = []
    this.#held = 0
    if (data.length === 0) return
    yield {
      type: type === '' ? 'message' : type,
      data: data.join('\n'),
      lastEventId: this.lastEventId,
    }
  }
}

const LINE_END = /[\r\n]/g
const DIGITS = /^\d+$/
const CONTROL = /[^\t\P{Cc}]|[\x7f]/u
