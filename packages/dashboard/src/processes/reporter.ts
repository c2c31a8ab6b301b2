/*
 * The side of a child: sends its events to the program that serves the page, in batches. It keeps no process alive
 * longer than one short answer at its end, says nothing, and fails silently: the program matters, the page does not.
 */

import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { basename } from 'node:path'
import { setInterval as every } from 'node:timers'

import type { NetEvent } from '@net/core'
import { clock } from '@net/core/authoring'

import { Listening } from '../listening.ts'

/** One batch of events of one process or thread. */
export interface Report {
  /** What tells it from every other process, also from a later one with its number. */
  readonly process: string
  readonly title: string
  readonly pid: number
  /** The date of its monotonic clock's zero, in milliseconds since 1970. */
  readonly epoch: number
  readonly events: readonly NetEvent[]
}

/** Where processes send their reports. */
export const REPORT_PATH = '/api/processes/events'

/** The most bytes of a report. */
export const REPORT_BYTES: number = 1024 * 1024

/** Sends what happens in this process to the dashboard at that address, until it is disposed. */
export class Reporter implements Disposable {
  readonly #url: URL
  readonly #head: Omit<Report, 'events'>
  #listening: Listening | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #last = (): void => void this.flush(true)
  /** As JSON, so that nothing of the caller's is held. */
  #events: string[] = []
  #size = 0

  constructor(url: string) {
    this.#url = new URL(url)
    this.#head = {
      process: randomUUID(),
      title: basename(process.argv[1] ?? 'node'),
      pid: process.pid,
      epoch: clock().date() - clock().now(),
    }
  }

  /** Begins to listen, and to send. */
  start(): void {
    this.#listening = new Listening((event) => this.#take(event), false)
    this.#timer = every(() => void this.flush(false), INTERVAL).unref()
    process.once('beforeExit', this.#last)
  }

  /** Sends what there is; the promise settles when it has been sent, or was given up. */
  async flush(isLast: boolean): Promise<void> {
    if (this.#events.length === 0) return
    const events = this.#events
    this.#events = []
    this.#size = 0
    const head = JSON.stringify(this.#head).slice(0, -1)
    await send(this.#url, `${head},"events":[${events.join(',')}]}`, isLast)
  }

  [Symbol.dispose](): void {
    this.#listening?.[Symbol.dispose]()
    clearInterval(this.#timer)
    process.off('beforeExit', this.#last)
  }

  #take(event: NetEvent): void {
    const text = JSON.stringify(event)
    // More between two batches than a report may hold is left out.
    if (this.#size + text.length * BYTES > REPORT_BYTES - ROOM) return
    this.#size += text.length * BYTES + 1
    this.#events.push(text)
  }
}

function send(url: URL, body: string, isLast: boolean): Promise<void> {
  return new Promise((resolve) => {
    const call = request({
      host: url.hostname.replace(/^\[|\]$/gu, ''),
      port: url.port,
      method: 'POST',
      path: REPORT_PATH,
      agent: false,
      timeout: PATIENCE,
      headers: { authorization: `Bearer ${url.hash.slice(1)}`, 'content-type': 'application/json' },
    })
    call.on('response', (response) => response.resume().on('close', resolve))
    call.on('timeout', () => call.destroy())
    // Nobody listens any more.
    call.on('error', () => resolve())
    if (!isLast) call.on('socket', (socket) => void socket.unref())
    call.end(body)
  })
}

const INTERVAL = 200
/** In milliseconds; what a program waits at its end at most. */
const PATIENCE = 200
/** A character takes at most three bytes. */
const BYTES = 3
const ROOM = 1000
