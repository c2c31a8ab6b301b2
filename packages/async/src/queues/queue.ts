/*
 * Items from those who make them to those who use them, in order and within a bound. An item is in the hands of
 * exactly one: who puts it, the queue, or who got it.
 */

import type { NetError } from '@net/core'
import {
  ITERATION_END,
  netError,
  option,
  WaitList,
  type OptionsDoor,
  type Waiter,
} from '@net/core/authoring'

import { doorOf } from '../doors.ts'
import { ItemLoop } from '../iterators/item-loop.ts'
import type { WaitOptions } from '../tasks/job.ts'
import { Ring } from './ring.ts'
import { waitRefusal } from '../locks/wait-refusal.ts'

/** Where the items of a queue are kept; decides their order. */
export interface ItemStore<T> {
  /** How many there are. */
  readonly size: number
  push(item: T): void
  /** Takes the item that is next. It is called only if there is one. */
  take(): T
}

/** Options of a queue. */
export interface QueueOptions<T> {
  /** How many items it holds before `put` waits. Default `Infinity`. */
  readonly max?: number | undefined
  /** Where items are kept. Default first in, first out. */
  readonly store?: ItemStore<T> | undefined
}

/** How a queue is shut down. */
export interface ShutdownOptions {
  /** Whether the items that are left are thrown away instead of handed out. Default false. */
  readonly immediate?: boolean | undefined
}

/**
 * A queue, first in, first out; any number of producers and consumers, who are served in the order in which they came.
 * Iterating takes items until the queue is shut down and empty; leaving the loop leaves the queue as it is. In a task,
 * iterate over `items({ signal })`, so that the loop ends with the task. The constructor throws `NET_BAD_OPTION`.
 */
export class Queue<T> implements AsyncIterable<T> {
  /** How many items it holds before `put` waits. */
  readonly max: number
  readonly #store: ItemStore<T>
  readonly #getters = new WaitList<T, object | undefined>({ what: 'an item of the queue' })
  readonly #putters = new WaitList<void, T>({ what: 'room in the queue' })
  readonly #joiners = new WaitList<void>({ what: 'the work on the items of the queue' })
  #unfinished = 0
  #closed = false

  constructor(options?: QueueOptions<T>) {
    const door = queueDoor as OptionsDoor<QueueOptions<T>>
    const { max = Infinity, store } = door(options)
    this.max = max
    this.#store = store ?? new Ring()
  }

  /** How many items it holds. */
  get size(): number {
    return this.#store.size
  }

  /** Whether it is shut down. */
  get closed(): boolean {
    return this.#closed
  }

  /** How many items were put for which `taskDone` was not called yet. */
  get unfinished(): number {
    return this.#unfinished
  }

  /** How many wait for room, and how many for an item. */
  get waiting(): { readonly putters: number; readonly getters: number } {
    return { putters: this.#putters.size, getters: this.#getters.size }
  }

  /**
   * Puts the item in; waits while the queue is full. A call that is aborted or times out has put nothing. Rejects with `NET_QUEUE_CLOSED`
   * once the queue is shut down.
   */
  put(item: T, options?: WaitOptions): Promise<void> {
    const refused = waitRefusal(options)
    if (refused !== undefined) return Promise.reject(refused)
    if (this.#closed) return Promise.reject(closedError())
    try {
      if (this.#accept(item)) return DONE
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#putters.wait(item, options)
  }

  /** Puts the item in if there is room; true if it did. Throws `NET_QUEUE_CLOSED`. */
  tryPut(item: T): boolean {
    if (this.#closed) throw closedError()
    return this.#accept(item)
  }

  /**
   * Takes the next item; waits while there is none. A call that is aborted or times out has taken nothing. Rejects with
   * `NET_QUEUE_CLOSED` once the queue is shut down and empty.
   */
  get(options?: WaitOptions): Promise<T> {
    const refused = waitRefusal(options)
    if (refused !== undefined) return Promise.reject(refused)
    try {
      if (this.#store.size > 0) return Promise.resolve(this.#take())
    } catch (error) {
      // A store of the caller's.
      return Promise.reject(error)
    }
    if (this.#closed) return Promise.reject(closedError())
    return this.#getters.wait(undefined, options)
  }

  /** Takes the next item if there is one at once, else undefined. Throws `NET_QUEUE_CLOSED` as `get` rejects. */
  tryGet(): T | undefined {
    if (this.#store.size > 0) return this.#take()
    if (this.#closed) throw closedError()
    return undefined
  }

  /** Says that the work on an item is done; for `join`. Throws `NET_NOT_HELD` if it was called for every item already. */
  taskDone(): void {
    if (this.#unfinished === 0) {
      const message = 'taskDone() was called more often than put()'
      throw netError('NET_NOT_HELD', { message })
    }
    this.#finished(1)
  }

  /** Waits until the work on every item that was put is done. */
  join(options?: WaitOptions): Promise<void> {
    const refused = waitRefusal(options)
    if (refused !== undefined) return Promise.reject(refused)
    return this.#unfinished === 0 ? DONE : this.#joiners.wait(undefined, options)
  }

  /**
   * Takes no more items; calls that wait for room or for an item reject with `NET_QUEUE_CLOSED`. The items in the queue are still handed
   * out, unless `immediate`: then it is returned here, and counts as done.
   */
  shutdown(options?: ShutdownOptions): readonly T[] {
    this.#closed = true
    this.#putters.failAll(closedError)
    this.#getters.failAll(closedError)
    const left: T[] = []
    if (shutdownDoor(options).immediate !== true) return left
    while (this.#store.size > 0) left.push(this.#store.take())
    // `taskDone` may have been called for items that were not taken; no item counts twice.
    this.#finished(Math.min(left.length, this.#unfinished))
    return left
  }

  /**
   * Iterates over the queue until it is shut down and empty. When `signal` aborts, the loop rejects with AbortError and
   * takes no further item; `timeout` limits the wait for each item (`NET_TIMEOUT_TOTAL`).
   */
  items(options?: WaitOptions): AsyncIterableIterator<T> & AsyncDisposable {
    const source = {
      ready: () => this.#ready(),
      wait: (loop: ItemLoop<T>) => this.#getters.wait(loop, options),
      withdraw: (loop: ItemLoop<T>, leaving: () => Error) =>
        this.#getters.failAll(leaving, (getter) => getter === loop),
    }
    return new ItemLoop(this, source, options)
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> & AsyncDisposable {
    return this.items()
  }

  #accept(item: T): boolean {
    const getter = this.#getters.shift()
    if (getter === undefined && this.#store.size >= this.max) return false
    // A store of the caller's may refuse it, which is no work then.
    if (getter === undefined) this.#store.push(item)
    else getter.grant(item)
    this.#unfinished++
    return true
  }

  #take(): T {
    const item = this.#store.take()
    for (let next = this.#putters.shift(); next !== undefined; next = this.#putters.shift()) {
      if (this.#letIn(next)) break
    }
    return item
  }

  /** There is room for the item of a call that waits; false if the store refuses it. */
  #letIn(putter: Waiter<void, T>): boolean {
    try {
      this.#store.push(putter.detail)
    } catch (error) {
      putter.fail(error as Error)
      return false
    }
    this.#unfinished++
    putter.grant()
    return true
  }

  #finished(count: number): void {
    this.#unfinished -= count
    if (this.#unfinished === 0) this.#joiners.grantAll()
  }

  #ready(): IteratorResult<T, undefined> | undefined {
    if (this.#store.size > 0) return { done: false, value: this.#take() }
    return this.#closed ? ITERATION_END : undefined
  }
}

function closedError(): NetError {
  return netError('NET_QUEUE_CLOSED', { message: 'the queue is shut down' })
}

const DONE: Promise<void> = Promise.resolve()
const queueDoor = doorOf<QueueOptions<never>>('new Queue', {
  max: option.count,
  store: option.methods('a store of items, with push and take', 'push', 'take'),
})
const shutdownDoor = doorOf<ShutdownOptions>('queue.shutdown', { immediate: option.flag })
