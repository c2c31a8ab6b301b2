/*
 * Messages out of bytes, one after the other: the head, then the body by its framing, then the trailers. Bytes go in as they
 * arrive, cut anywhere; data comes out without copying. It must not know which message answers which.
 */

import { netError } from '@net/core/authoring'

import { ChunkReader } from './chunks.ts'
import type { Framing } from './framing.ts'
import { HeadReader } from './head.ts'
import type { Spoken } from './syntax.ts'

/** Hears what was read. */
export interface MessageEvents {
  /**
   * A head is complete, and in the reader. Returns how the body ends, `interim` if there is none and another head follows,
   * or `switched` if what follows is not HTTP any more.
   */
  headed(reader: HeadReader): Framing | 'interim' | 'switched'
  /** A piece of the body. */
  arrived(chunk: Buffer): void
  /** The message is complete; trailers are names and values in turn. */
  ended(trailers: readonly string[]): void
  /** Bytes behind the message: of the next one, or of another protocol. */
  beyond(bytes: Buffer): void
}

/** How messages are read. */
export interface MessageRules {
  readonly what: Spoken
  readonly lenient: boolean
  /** How many bytes a head, the trailers and the line of a chunk's size may have, each. */
  readonly limit: number
}

type Place = 'head' | 'length' | 'chunks' | 'trailers' | 'close' | 'over'

/** Reads messages. */
export class MessageReader {
  readonly #what: Spoken
  readonly #events: MessageEvents
  readonly #head: HeadReader
  readonly #chunks: ChunkReader
  readonly #take: (data: Buffer) => void
  #place: Place = 'over'
  #rest = 0

  constructor(rules: MessageRules, events: MessageEvents) {
    this.#what = rules.what
    this.#events = events
    this.#head = new HeadReader(rules)
    this.#chunks = new ChunkReader(rules)
    this.#take = (data) => events.arrived(data)
  }

  /** Whether a message has begun that is not complete. */
  get isWithin(): boolean {
    return this.#place !== 'over' && (this.#place !== 'head' || this.#head.isBegun)
  }

  /** A message is expected. */
  begin(): void {
    this.#place = 'head'
    this.#head.begin(false)
  }

  /** Takes what arrived. Throws for what HTTP does not allow; nothing can be read afterwards. */
  read(bytes: Buffer): void {
    let at = 0
    while (at >= 0 && at < bytes.length) at = this.#readOn(bytes, at)
  }

  /** The peer has ended. Throws `NET_PROTO_INCOMPLETE` within a message whose end is not the end of the connection. */
  finish(): void {
    if (this.#place === 'close') this.#end(NO_FIELDS)
    else if (this.isWithin) {
      const message = `the ${this.#what} is incomplete: the connection ended early`
      throw netError('NET_PROTO_INCOMPLETE', { message })
    }
  }

  /** Returns where to go on, or -1 if all was taken. */
  #readOn(bytes: Buffer, at: number): number {
    switch (this.#place) {
      case 'head':
        return this.#readHead(bytes, at)
      case 'length':
        return this.#readLength(bytes, at)
      case 'chunks':
        return this.#readChunks(bytes, at)
      case 'trailers': {
        const next = this.#head.read(bytes, at)
        if (next >= 0) this.#end(this.#head.takeFields())
        return next
      }
      case 'close':
        this.#events.arrived(bytes.subarray(at))
        return -1
      case 'over':
        break
    }
    this.#events.beyond(bytes.subarray(at))
    return -1
  }

  #readHead(bytes: Buffer, at: number): number {
    const next = this.#head.read(bytes, at)
    if (next < 0) return next
    const framing = this.#events.headed(this.#head)
    if (framing === 'interim') this.begin()
    else if (framing === 'switched') this.#place = 'over'
    else this.#frame(framing)
    return next
  }

  #frame(framing: Framing): void {
    if (framing === 0) this.#end(NO_FIELDS)
    else if (framing === 'close') this.#place = 'close'
    else if (framing === 'chunked') {
      this.#place = 'chunks'
      this.#chunks.begin()
    } else {
      this.#place = 'length'
      this.#rest = framing
    }
  }

  #readLength(bytes: Buffer, at: number): number {
    const end = Math.min(at + this.#rest, bytes.length)
    this.#rest -= end - at
    this.#events.arrived(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end))
    if (this.#rest === 0) this.#end(NO_FIELDS)
    return end
  }

  #readChunks(bytes: Buffer, at: number): number {
    const next = this.#chunks.read(bytes, at, this.#take)
    if (next < 0) return next
    this.#place = 'trailers'
    this.#head.begin(true)
    return next
  }

  #end(trailers: readonly string[]): void {
    this.#place = 'over'
    this.#events.ended(trailers)
  }
}

const NO_FIELDS: readonly string[] = []
