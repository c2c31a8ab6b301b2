/*
 * One function over many items, a limited number at a time. Workers take items in turn, so that an item costs no
 * task of its own.
 */

import { own } from '@net/core/authoring'

import { AsyncItems, Items } from './items.ts'
import type { BlockOptions, JobContext } from './job.ts'
import { countOf, jobOf } from './option-checks.ts'
import { RunningGroup } from './running-group.ts'

/** Options of `map`. */
export interface MapOptions extends BlockOptions {
  /** How many items are worked on at a time: a whole number above 0, or `Infinity`. Required. */
  readonly concurrency: number
}

/** What is done with each item. */
export type Transform<T, R> = (item: T, context: JobContext) => PromiseLike<R>

/**
 * Resolves to the results in the order of the items. Items are taken only when a worker is free; those of an async
 * iterable one at a time. The first failure aborts the rest, closes the iterable, and rejects; the errors are those
 * of `taskGroup`.
 */
export async function map<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  transform: Transform<T, R>,
  options: MapOptions,
): Promise<R[]> {
  const concurrency = countOf('concurrency', own(options, 'concurrency') ?? Number.NaN)
  jobOf('transform', transform)
  const source = sourceOf(items)
  const mapping = new Mapping(new RunningGroup(options), transform, concurrency)
  return source instanceof Items ? mapping.over(source) : mapping.overAsync(source)
}

function sourceOf<T>(items: Iterable<T> | AsyncIterable<T>): Items<T> | AsyncItems<T> {
  // A string is iterable, too, and no object.
  if (typeof items === 'object' && Symbol.asyncIterator in items) return new AsyncItems(items)
  return new Items(items)
}

class Mapping<T, R> {
  readonly #group: RunningGroup
  readonly #transform: Transform<T, R>
  readonly #concurrency: number
  readonly #results: R[] = []
  #taken = 0
  #workers = 0
  #exhausted = false

  constructor(group: RunningGroup, transform: Transform<T, R>, concurrency: number) {
    this.#group = group
    this.#transform = transform
    this.#concurrency = concurrency
  }

  over(items: Items<T>): Promise<R[]> {
    return this.#run(items, () => {
      while (this.#wantsWorker()) this.#spawn((context) => this.#work(items, context))
    })
  }

  overAsync(items: AsyncItems<T>): Promise<R[]> {
    // Each worker that has got an item brings the next one, so that there are no more workers than items.
    const more = (): void => {
      if (this.#wantsWorker()) this.#spawn((context) => this.#workAsync(items, context, more))
    }
    return this.#run(items, more)
  }

  async #run(items: { close(): Promise<void> }, begin: () => void): Promise<R[]> {
    try {
      return await this.#group.run(async () => {
        begin()
        return this.#results
      })
    } finally {
      await items.close()
    }
  }

  #wantsWorker(): boolean {
    return this.#workers < this.#concurrency && !this.#exhausted && !this.#group.ending
  }

  #spawn(work: (context: JobContext) => Promise<void>): void {
    this.#workers++
    this.#group.spawn(`map ${this.#workers}`, work)
  }

  async #work(items: Items<T>, context: JobContext): Promise<void> {
    while (!this.#group.ending) {
      const next = items.take()
      if (next.done === true) {
        this.#exhausted = true
        return
      }
      const index = this.#taken++
      this.#results[index] = await this.#transform(next.value, context)
    }
  }

  async #workAsync(items: AsyncItems<T>, context: JobContext, more: () => void): Promise<void> {
    while (!this.#group.ending) {
      const next = await this.#unlessCancelled(items.take())
      if (next === undefined || next.done === true) {
        this.#exhausted = true
        return
      }
      const index = this.#taken++
      more()
      this.#results[index] = await this.#transform(next.value, context)
    }
  }

  #unlessCancelled<V>(taken: Promise<V>): Promise<V | undefined> {
    return new Promise((resolve, reject) => {
      const forget = this.#group.scope.onCancel(() => resolve(undefined))
      taken.then(resolve, reject).finally(forget)
    })
  }
}
