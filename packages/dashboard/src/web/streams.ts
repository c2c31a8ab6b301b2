/*
 * Server-Sent Events to the pages that are open: what has changed, ten times a second. A reader that does not keep up
 * loses batches and hears so, instead of holding them in this process's memory.
 */

import type { ServerResponse } from 'node:http'
import { setInterval as every } from 'node:timers'

import type { History } from '../history/history.ts'
import { rowOf } from '../history/row.ts'
import { SAFETY } from './answer.ts'

/** How many pages are served, and how. */
export interface StreamLimits {
  /** The most streams at once. */
  readonly streams: number
  /** Bytes that may wait for a reader before it loses batches. */
  readonly behind: number
  /** Called when the first page opens, and when the last one has gone. */
  readonly onWatched?: ((isWatched: boolean) => void) | undefined
  /** Called ten times a second while a page is open. */
  readonly onBeat?: (() => void) | undefined
  /** What a page that opens is told beside where it stands. */
  readonly state?: (() => object) | undefined
}

/** The open streams. */
export class Streams implements Disposable {
  readonly #history: History
  readonly #limits: StreamLimits
  readonly #open = new Set<Reader>()
  #timer: NodeJS.Timeout | undefined
  #beats = 0

  constructor(history: History, limits: StreamLimits) {
    this.#history = history
    this.#limits = limits
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size
  }

  /** Makes the answer a stream; false when there are too many already. */
  add(response: ServerResponse): boolean {
    if (this.#open.size >= this.#limits.streams) return false
    response.writeHead(200, { ...SAFETY, 'content-type': 'text/event-stream' })
    const reader: Reader = { response, isBehind: false }
    this.#open.add(reader)
    response.on('close', () => this.#remove(reader))
    // What changed between the page's first look and now is asked for by its number.
    if (this.#open.size === 1) this.#limits.onWatched?.(true)
    const { sequence } = this.#history
    const state = { sequence, ...this.#limits.state?.() }
    response.write(`event: open\ndata: ${JSON.stringify(state)}\n\n`)
    this.#history.watch()
    this.#timer ??= every(() => this.flush(), INTERVAL).unref()
    return true
  }

  /** Sends what has changed since the last time. */
  flush(): void {
    const records = this.#history.drain()
    this.#beats++
    this.#limits.onBeat?.()
    if (records.length > 0) {
      const { sequence, oldest } = this.#history
      const data = JSON.stringify({ sequence, oldest, rows: records.map(rowOf) })
      this.#send(`event: rows\nid: ${sequence}\ndata: ${data}\n\n`)
    } else if (this.#beats % BEAT === 0) this.#send(': beat\n\n')
  }

  /** Tells every page something other than rows. */
  tell(event: string, value: unknown): void {
    this.#send(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`)
  }

  [Symbol.dispose](): void {
    for (const { response } of this.#open) response.destroy()
    this.#open.clear()
    this.#stop()
  }

  #send(text: string): void {
    for (const reader of this.#open) this.#sendTo(reader, text)
  }

  #sendTo(reader: Reader, text: string): void {
    const { response } = reader
    if (response.writableLength > this.#limits.behind) {
      reader.isBehind = true
      return
    }
    if (reader.isBehind) {
      reader.isBehind = false
      response.write('event: gap\ndata: {}\n\n')
    }
    response.write(text)
  }

  #remove(reader: Reader): void {
    this.#open.delete(reader)
    if (this.#open.size === 0) this.#stop()
  }

  #stop(): void {
    this.#limits.onWatched?.(false)
    this.#history.unwatch()
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

interface Reader {
  readonly response: ServerResponse
  isBehind: boolean
}

/** In milliseconds of real time, as pages go by it. */
const INTERVAL = 100
/** A sign of life after so many empty intervals: 15 s. */
const BEAT = 150
