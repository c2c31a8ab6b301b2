/*
 * Iterators made of others by an async generator. Leaving one closes what it reads, also while it waits for an item.
 */

import { ITERATION_END, leavable } from '@net/core/authoring'

import { reportLate } from '../report-late.ts'
import { iteratorOf, type Iterated } from './iterated.ts'

/** Opens a source within the generator; it ends when the result is left. */
export type Read = <T>(items: Iterated<T>) => AsyncIterableIterator<T>

/**
 * What the generator gives. Leaving it while the generator waits for a source closes the sources at once; one that is
 * busy with an item is closed, and not waited for.
 */
export function derived<R>(
  make: (read: Read) => AsyncGenerator<R, void, undefined>,
): AsyncGenerator<R, undefined, undefined> {
  const sources = new Sources()
  const read: Read = (items) => sources.open(items)
  return leavable(make(read), { leave: () => sources.leave(), late })
}

interface Leaver {
  /** Closes it, and waits for that unless it is busy with an item. */
  leave(): Promise<void>
}

class Sources {
  readonly #open = new Set<Leaver>()
  #left = false

  get left(): boolean {
    return this.#left
  }

  open<T>(items: Iterated<T>): Source<T> {
    const source = new Source<T>(iteratorOf(items), this)
    this.#open.add(source)
    return source
  }

  over(source: Leaver): void {
    this.#open.delete(source)
  }

  async leave(): Promise<void> {
    this.#left = true
    await Promise.all([...this.#open].map(async (source) => source.leave()))
  }
}

class Source<T> implements AsyncIterableIterator<T>, Leaver {
  readonly #iterator: AsyncIterator<T, unknown>
  readonly #sources: Sources
  #end: (() => void) | undefined
  #over = false

  constructor(iterator: AsyncIterator<T, unknown>, sources: Sources) {
    this.#iterator = iterator
    this.#sources = sources
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#over || this.#sources.left) return Promise.resolve(ITERATION_END)
    return new Promise((resolve, reject) => {
      this.#end = () => resolve(ITERATION_END)
      this.#iterator.next().then(
        (next) => {
          this.#end = undefined
          if (next.done === true) this.#ended()
          resolve(next.done === true ? ITERATION_END : next)
        },
        (error: unknown) => {
          this.#end = undefined
          this.#ended()
          if (this.#sources.left) late(error)
          else reject(error)
        },
      )
    })
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    if (this.#over) return ITERATION_END
    this.#ended()
    await this.#iterator.return?.()
    return ITERATION_END
  }

  async leave(): Promise<void> {
    const busy = this.#end
    const closed = this.return().catch(late)
    if (busy === undefined) await closed
    else busy()
  }

  #ended(): void {
    this.#over = true
    this.#sources.over(this)
  }
}

function late(error: unknown): void {
  reportLate('an iterator failed after it had been left', error)
}
