/*
 * One function over many items, a limited number at a time. Workers take items in turn, so that an item costs no
 * task of its own.
 */

import { option, type Taken } from '@net/core/authoring'

import { blockTable, doorOf } from '../doors.ts'
import { AsyncItems, Items } from '../iterators/items.ts'
import type { BlockOptions, JobContext } from '../tasks/job.ts'
import { discard } from '../tasks/discard.ts'
import { jobOf } from '../option-checks.ts'
import { TaskStream } from './task-stream.ts'
import { unlessCancelled } from './pump.ts'
import { RunningGroup } from './running-group.ts'

/** Options of `map`. */
export interface MapOptions extends BlockOptions {
  /** How many items are worked on at a time: a whole number above 0, or `Infinity`. Required. */
  readonly concurrency: number
}

/** The work for each item. */
export type Transform<T, R> = (item: T, context: JobContext) => PromiseLike<R>

/**
 * Resolves to the results in the order of the items. Items are taken only when a worker is free; those of an async
 * iterable one at a time. The first failure aborts the rest, closes the iterable, and rejects when both are done, as well as
 * the results that come to nothing disposed, if they can be; a source that takes longer than `grace` for that is named by
 * `NET_TASK_LEAKED`. The errors are those of `taskGroup`.
 */
export async function map<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  transform: Transform<T, R>,
  options: MapOptions,
): Promise<R[]> {
  const taken = mapDoor(options)
  jobOf('transform', transform)
  // Before the group, whose limit and signal would be left behind by a source that cannot be opened.
  const source = sourceOf(items)
  return new Mapping<T, R>(new RunningGroup(taken), true, taken).over(source, transform)
}

/**
 * Gives the results as they come, whatever the order of the items; the work begins when the reading does. No more
 * than `concurrency` items are at work or wait to be read, so the reader sets the pace. The first failure aborts the
 * rest and makes the reading reject, after the results that were there; the errors are those of `taskGroup`. Leaving
 * the reading cancels the rest, closes the iterable and waits for both.
 */
export function mapUnordered<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  transform: Transform<T, R>,
  options: MapOptions,
): AsyncIterableIterator<R> & AsyncDisposable {
  return new TaskStream<R>((stream) => {
    jobOf('transform', transform)
    const taken = unorderedDoor(options)
    const source = sourceOf(items)
    const group = new RunningGroup(taken)
    const mapping = new Mapping<T, void>(group, false, taken)
    const hand: Transform<T, void> = async (item, context) =>
      stream.put(await transform(item, context))
    return { group, run: async () => mapping.over(source, hand) }
  }, 0)
}

function sourceOf<T>(items: Iterable<T> | AsyncIterable<T>): Items<T> | AsyncItems<T> {
  // A string is iterable, too, and no object.
  if (typeof items === 'object' && Symbol.asyncIterator in items) return new AsyncItems(items)
  return new Items(items)
}

class Mapping<T, R> {
  readonly #group: RunningGroup
  readonly #concurrency: number
  readonly #results: R[] = []
  readonly #keep: boolean
  #taken = 0
  #workers = 0
  #exhausted = false
  /** Whether results are not given on any more. */
  #isOver = false

  /** Keeps the results, or leaves them to the transform. */
  constructor(group: RunningGroup, keep: boolean, { concurrency }: Taken<MapOptions>) {
    this.#group = group
    this.#keep = keep
    this.#concurrency = concurrency
  }

  async over(source: Items<T> | AsyncItems<T>, transform: Transform<T, R>): Promise<R[]> {
    if (source instanceof Items) {
      return this.#run(source, () => {
        while (this.#wantsWorker()) {
          this.#spawn((context) => this.#work(source, transform, context))
        }
      })
    }
    // Each worker that has got an item brings the next one, so that there are no more workers than items.
    const more = (): void => {
      if (!this.#wantsWorker()) return
      this.#spawn((context) => this.#workAsync(source, transform, context, more))
    }
    return this.#run(source, more)
  }

  async #run(items: { leave(): Promise<void> }, begin: () => void): Promise<R[]> {
    try {
      return await this.#group.run(async () => {
        begin()
        return this.#results
      })
    } catch (error) {
      this.#isOver = true
      // A list with gaps: not every item has a result.
      for (const index of Object.keys(this.#results)) await discard(this.#results[Number(index)])
      throw error
    } finally {
      await items.leave()
    }
  }

  #wantsWorker(): boolean {
    return this.#workers < this.#concurrency && !this.#exhausted && !this.#group.ending
  }

  #spawn(work: (context: JobContext) => Promise<void>): void {
    this.#workers++
    this.#group.spawn(`map ${this.#workers}`, work)
  }

  async #work(items: Items<T>, transform: Transform<T, R>, context: JobContext): Promise<void> {
    while (!this.#group.ending) {
      const next = items.take()
      if (next.done === true) {
        this.#exhausted = true
        return
      }
      const index = this.#taken++
      const result = await transform(next.value, context)
      // One that comes when the call has failed is not given on.
      if (this.#isOver) await discard(result)
      else if (this.#keep) this.#results[index] = result
    }
  }

  async #workAsync(
    items: AsyncItems<T>,
    transform: Transform<T, R>,
    context: JobContext,
    more: () => void,
  ): Promise<void> {
    while (!this.#group.ending) {
      const next = await unlessCancelled(this.#group, items.take())
      if (next === undefined || next.done === true) {
        this.#exhausted = true
        // One that is busy with an item has as long for that as any task.
        await items.close()
        return
      }
      const index = this.#taken++
      more()
      const result = await transform(next.value, context)
      // One that comes when the call has failed is not given on.
      if (this.#isOver) await discard(result)
      else if (this.#keep) this.#results[index] = result
    }
  }
}

const mapTable = { ...blockTable, concurrency: option.required(option.count) }
const mapDoor = doorOf<MapOptions>('map', mapTable)
const unorderedDoor = doorOf<MapOptions>('mapUnordered', mapTable)
