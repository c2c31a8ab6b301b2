/*
 * A loop over items of which each goes to one taker. Leaving it, or cancelling it, withdraws its wait: no item is taken
 * that the loop does not get.
 */

import { isNetError } from '@net/core'
import { ITERATION_END, netError } from '@net/core/authoring'

import type { WaitOptions } from '../tasks/job.ts'
import { OwnedIterator } from './owned-iterator.ts'
import { waitRefusal } from '../locks/wait-refusal.ts'

/** Where a loop takes its items from. */
export interface LoopSource<T> {
  /** What can be given at once, an item or the end; undefined if that needs a wait. Throws what ends the loop. */
  ready(): IteratorResult<T, undefined> | undefined
  /** Waits for an item. Rejects with `NET_QUEUE_CLOSED` at the end. */
  wait(loop: ItemLoop<T>): Promise<T>
  /** Ends the loop's waits with the error that `leaving` makes. */
  withdraw(loop: ItemLoop<T>, leaving: () => Error): void
}

/** One loop. Its limit holds for the wait for each item. */
export class ItemLoop<T> extends OwnedIterator<T> {
  /** What it belongs to, such as one end of a channel. */
  readonly owner: object
  readonly #source: LoopSource<T>
  readonly #options: WaitOptions | undefined
  #left = false

  constructor(owner: object, source: LoopSource<T>, options: WaitOptions | undefined) {
    super()
    this.owner = owner
    this.#source = source
    this.#options = options
  }

  override next(): Promise<IteratorResult<T, undefined>> {
    if (this.#left) return Promise.resolve(ITERATION_END)
    try {
      const refused = waitRefusal(this.#options)
      if (refused !== undefined) return Promise.reject(refused)
      const ready = this.#source.ready()
      if (ready !== undefined) return Promise.resolve(ready)
      return this.#source.wait(this).then(given, this.#ended)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  override return(): Promise<IteratorResult<T, undefined>> {
    this.#left = true
    this.#source.withdraw(this, leaving)
    return Promise.resolve(ITERATION_END)
  }

  readonly #ended = (error: unknown): IteratorReturnResult<undefined> => {
    if (this.#left || (isNetError(error) && error.code === 'NET_QUEUE_CLOSED')) return ITERATION_END
    throw error
  }
}

function given<T>(value: T): IteratorYieldResult<T> {
  return { done: false, value }
}

function leaving(): Error {
  return netError('NET_ABORTED', { message: 'the loop has ended' })
}
