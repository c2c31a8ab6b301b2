/*
 * Several readers of the same items. They share one buffer with an end: who is too far ahead waits for the slowest.
 */

import { option } from '@net/core/authoring'

import { doorOf } from '../doors.ts'
import type { AsyncItems } from './items.ts'
import { countOf } from '../option-checks.ts'
import { OwnedIterator } from './owned-iterator.ts'
import { openItems, type Iterated } from './iterated.ts'

/** Options of `tee`. */
export interface TeeOptions {
  /** How many items the fastest reader may be ahead of the slowest; default 1,024. */
  readonly ahead?: number | undefined
}

/**
 * `count` readers of the same items, each of which gets all of them. The source is opened at the first look, read as
 * fast as the fastest reader wants, and closed when every reader has left; a failure of it rejects for each reader
 * after the items before. A reader that is not read and not left holds up the others: dispose those not needed.
 * Throws `NET_BAD_OPTION`.
 */
export function tee<T>(
  items: Iterated<T>,
  count: number,
  options?: TeeOptions,
): (AsyncIterableIterator<T> & AsyncDisposable)[] {
  countOf('count', count)
  const { ahead = AHEAD } = teeDoor(options)
  const shared = new Shared(items, ahead)
  const readers = Array.from({ length: count }, () => new Reader(shared))
  shared.readers = new Set(readers)
  return readers
}

class Shared<T> {
  readers: Set<Reader<T>> = new Set()
  readonly #source: Iterated<T>
  readonly #ahead: number
  readonly #ready: T[] = []
  #opened: AsyncItems<T> | undefined
  #base = 0
  #pulling: Promise<void> | undefined
  #room: PromiseWithResolvers<void> | undefined
  #end: { readonly error?: unknown; readonly failed: boolean } | undefined

  constructor(source: Iterated<T>, ahead: number) {
    this.#source = source
    this.#ahead = ahead
  }

  /** The item at that place of the source; waits for the source, or for room. */
  async at(place: number, reader: Reader<T>): Promise<IteratorResult<T, undefined>> {
    while (this.readers.has(reader)) {
      if (place < this.#base + this.#ready.length) {
        return { done: false, value: this.#ready[place - this.#base] as T }
      }
      if (this.#end !== undefined) {
        if (this.#end.failed) throw this.#end.error
        break
      }
      await reader.unlessLeft(this.#more())
    }
    return { done: true, value: undefined }
  }

  /** Drops what every reader has got. */
  passed(): void {
    const slowest = Math.min(...[...this.readers].map(({ place }) => place))
    if (slowest === this.#base || slowest === Infinity) return
    this.#ready.splice(0, slowest - this.#base)
    this.#base = slowest
    this.#room?.resolve()
    this.#room = undefined
  }

  async leave(reader: Reader<T>): Promise<void> {
    if (!this.readers.delete(reader)) return
    this.passed()
    if (this.readers.size > 0) return
    this.#room?.resolve()
    this.#end ??= { failed: false }
    this.#ready.length = 0
    await this.#opened?.leave()
  }

  #more(): Promise<void> {
    if (this.#ready.length >= this.#ahead) {
      this.#room ??= Promise.withResolvers<void>()
      return this.#room.promise
    }
    this.#pulling ??= this.#pull().finally(() => (this.#pulling = undefined))
    return this.#pulling
  }

  async #pull(): Promise<void> {
    try {
      this.#opened ??= openItems(this.#source)
      const next = await this.#opened.take()
      if (next.done === true) this.#end ??= { failed: false }
      else this.#ready.push(next.value)
    } catch (error) {
      this.#end ??= { error, failed: true }
    }
  }
}

class Reader<T> extends OwnedIterator<T> {
  readonly #shared: Shared<T>
  #last: Promise<unknown> = Promise.resolve()
  #release: (() => void) | undefined
  #place = 0

  constructor(shared: Shared<T>) {
    super()
    this.#shared = shared
  }

  /** How many items it has got. */
  get place(): number {
    return this.#place
  }

  override next(): Promise<IteratorResult<T, undefined>> {
    // Two calls at a time get two items.
    const next = this.#last.then(() => this.#next())
    this.#last = next.catch(() => {})
    return next
  }

  /** Waits, until the reader is left at most. */
  unlessLeft(waited: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve
      void waited.then(resolve)
    })
  }

  override async return(): Promise<IteratorResult<T, undefined>> {
    const left = this.#shared.leave(this)
    this.#release?.()
    await left
    return { done: true, value: undefined }
  }

  async #next(): Promise<IteratorResult<T, undefined>> {
    const next = await this.#shared.at(this.#place, this)
    if (next.done !== true) {
      this.#place++
      this.#shared.passed()
    }
    return next
  }
}

const AHEAD = 1024
const teeDoor = doorOf<TeeOptions>('tee', { ahead: option.count })
