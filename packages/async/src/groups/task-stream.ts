/*
 * Values that the tasks of one group hand to one reader as they come. The group begins at the first look and ends
 * before the reading does: leaving cancels its tasks and waits for them.
 */

import { discard } from '../tasks/discard.ts'
import { OwnedIterator } from '../iterators/owned-iterator.ts'
import { Ring } from '../queues/ring.ts'
import type { RunningGroup } from './running-group.ts'

/** A group that has not begun, and how to run it to its end. */
export interface StreamingGroup {
  readonly group: RunningGroup
  readonly run: () => Promise<unknown>
}

/** What a reader iterates. Without a reader who comes back, the group's own limits end it. */
export class TaskStream<T> extends OwnedIterator<T> {
  readonly #open: (stream: TaskStream<T>) => StreamingGroup
  readonly #ahead: number
  readonly #ready = new Ring<T>()
  readonly #readers = new Ring<PromiseWithResolvers<IteratorResult<T, undefined>>>()
  readonly #writers = new Ring<() => void>()
  #group: RunningGroup | undefined
  #ended: Promise<void> | undefined
  #over = false
  #failure: { readonly error: unknown } | undefined

  /** Runs what `open` gives at the first look; `ahead` values may lie ready before `put` makes a writer wait. */
  constructor(open: (stream: TaskStream<T>) => StreamingGroup, ahead: number) {
    super()
    this.#open = open
    this.#ahead = ahead
  }

  /** The next value; after the last one, what the group failed with, once. */
  override next(): Promise<IteratorResult<T, undefined>> {
    this.#begin()
    if (this.#ready.size > 0) return Promise.resolve({ done: false, value: this.#take() })
    if (this.#over) return this.#last()
    const reader = Promise.withResolvers<IteratorResult<T, undefined>>()
    this.#readers.push(reader)
    return reader.promise
  }

  /** Cancels the group and waits for its end; rejects with failures that were not reported yet. */
  override async return(): Promise<IteratorResult<T, undefined>> {
    this.#group?.cancel()
    this.#over ||= this.#group === undefined
    await this.#ended
    while (this.#ready.size > 0) await this.drop(this.#ready.take())
    return this.#last()
  }

  /** Cancels the group without waiting: calls that wait for a value get the end. */
  cancel(): void {
    while (this.#readers.size > 0) this.#readers.take().resolve({ done: true, value: undefined })
    this.#group?.cancel()
    this.#over ||= this.#group === undefined
  }

  /** Hands a value over, for a task of the group; resolves when there is room for more, or the group is cancelled. */
  put(value: T): Promise<void> {
    // Of a task that its group has given up.
    if (this.#over) return this.drop(value)
    if (this.#readers.size > 0) {
      this.#readers.take().resolve({ done: false, value })
      return Promise.resolve()
    }
    this.#ready.push(value)
    if (this.#ready.size <= this.#ahead || this.#group?.ending === true) return Promise.resolve()
    return new Promise((resolve) => {
      this.#writers.push(resolve)
    })
  }

  /** Disposes a value that was not read. */
  protected drop(value: T): Promise<void> {
    return discard(value)
  }

  #begin(): void {
    if (this.#over || this.#ended !== undefined) return
    try {
      const { group, run } = this.#open(this)
      this.#group = group
      group.scope.onCancel(() => this.#release())
      this.#ended = run().then(
        () => this.#end(),
        (error: unknown) => this.#end({ error }),
      )
    } catch (error) {
      this.#end({ error })
    }
  }

  #take(): T {
    if (this.#writers.size > 0) this.#writers.take()()
    return this.#ready.take()
  }

  #end(failure?: { readonly error: unknown }): void {
    this.#over = true
    this.#failure = failure
    while (this.#readers.size > 0) {
      const reader = this.#readers.take()
      this.#last().then(reader.resolve, reader.reject)
    }
  }

  #last(): Promise<IteratorResult<T, undefined>> {
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) return Promise.reject(failure.error)
    return Promise.resolve({ done: true, value: undefined })
  }

  #release(): void {
    while (this.#writers.size > 0) this.#writers.take()()
  }
}
