/*
 * A long listing on its way to a loop, which gets its beginning before its end is here. The server never waits for the loop:
 * what the loop has not asked for waits as bytes, up to the limit of the listing, so that the session is free again as soon as
 * the server has sent everything.
 */

import { setImmediate as turn } from 'node:timers/promises'

import { isNetError, type ErrorContext, type NetError } from '@net/core'
import { addContext, ByteQueue, netError, type Operation } from '@net/core/authoring'
import { whatHappened } from '@net/socket/authoring'

import type { FtpEntry } from '../entry.ts'
import {
  ListingReader,
  LONGEST_LINE,
  PIECE,
  tooLong,
  type ListingCounts,
  type ListingPlan,
} from './entries.ts'

/** What the entries of a loop are made of. */
export interface FlowSource {
  readonly op: Operation
  readonly plan: ListingPlan
  /** Called once with what was left out. */
  readonly warn: (counts: ListingCounts) => void
}

/** What a call for a listing gives: no entries, where the loop has got them already. */
export interface FlowedListing {
  readonly entries: readonly FtpEntry[]
  /** Why the folder holds more than the server listed. */
  readonly incomplete?: NetError
}

/** A listing of which some was given before all of it was there. */
export class ListingFlow {
  readonly #waiting = new ByteQueue()
  #source: FlowSource | undefined
  #isWhole = false
  #endsWithLine = true
  #wake: () => void = () => {}
  #leave: () => void = () => {}

  /** Whether the loop has, or may have, some of it. */
  get isBegun(): boolean {
    return this.#source !== undefined
  }

  /** Whether the bytes given last are the end of a line. */
  get endsWithLine(): boolean {
    return this.#endsWithLine
  }

  /** The listing is a long one: the loop gets what comes. The operation goes on until the loop has ended. */
  begin(source: FlowSource): void {
    this.#source = source
    source.op.until(
      new Promise<void>((resolve) => {
        this.#leave = resolve
      }),
    )
  }

  /** More has come. */
  give(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#endsWithLine = bytes.at(-1) === LF
    this.#waiting.push(bytes)
    if (this.#waiting.length >= PIECE) this.#wake()
  }

  /** The error of a listing that broke off: it is not fetched again, since the loop has some of it. */
  broken(cause: NetError): NetError {
    return netError(cause.code, {
      message: `the listing broke off, and the loop has its beginning: ${whatHappened(cause)}`,
      cause,
      retry: 'never',
    })
  }

  /** What the call gives, batch by batch; throws what it rejects with, behind what came. Ends the call by `left` when the loop ends. */
  async *batches(
    call: Promise<FlowedListing>,
    left: AbortController,
  ): AsyncGenerator<readonly FtpEntry[], void> {
    const end = (): void => {
      this.#isWhole = true
      this.#wake()
    }
    call.then(end, end)
    try {
      await this.#next()
      if (this.#source !== undefined) yield* this.#read(this.#source)
      const { entries, incomplete } = await call
      yield entries
      if (incomplete !== undefined) throw incomplete
    } catch (error) {
      const folder = this.#source?.plan.folder
      if (folder !== undefined && isNetError(error)) addContext(error, placeOf(folder))
      throw error
    } finally {
      this.#leave()
      left.abort()
      await call.catch(() => {})
    }
  }

  async *#read({ plan, warn }: FlowSource): AsyncGenerator<readonly FtpEntry[], void> {
    const reader = new ListingReader(plan)
    for (let lines = await this.#lines(); lines !== undefined; lines = await this.#lines()) {
      yield await reader.read(lines)
      await turn()
    }
    warn(reader.end())
  }

  /** The next whole lines; undefined when there are no more. */
  async #lines(): Promise<Uint8Array | undefined> {
    const waiting = this.#waiting
    for (;;) {
      await this.#next()
      const bytes = waiting.take(Math.min(waiting.length, PIECE))
      const end = bytes.lastIndexOf(LF) + 1
      if (end === 0 && bytes.length > LONGEST_LINE) throw tooLong()
      waiting.unshift(bytes.subarray(end))
      if (end > 0) return bytes.subarray(0, end)
      if (this.#isWhole) return undefined
    }
  }

  /** Resolves when there is a piece, or nothing more will come. */
  #next(): Promise<void> {
    if (this.#isWhole || this.#waiting.length >= PIECE) return Promise.resolve()
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

function placeOf(target: string): ErrorContext {
  return { protocol: 'ftp', operation: 'list', target }
}

const LF = 0x0a
