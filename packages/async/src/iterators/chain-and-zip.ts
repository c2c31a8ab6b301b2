/*
 * Functions that read several sources: one after the other, or in step.
 */

import { reportLate } from '../report-late.ts'
import { derived } from './derived.ts'
import type { ItemOf, Iterated } from './iterated.ts'

/** The items of the first source, then those of the second and so on; a source is opened when it is its turn. */
export function chain<S extends readonly Iterated<unknown>[] | []>(
  sources: S,
): AsyncGenerator<ItemOf<S[number]>, undefined, undefined> {
  return derived(async function* (read) {
    const all: readonly Iterated<unknown>[] = sources
    for (const source of all) yield* read(source as Iterated<ItemOf<S[number]>>)
  })
}

/** What `zip` gives: an item of each source. */
export type Zipped<S extends readonly Iterated<unknown>[]> = {
  -readonly [K in keyof S]: ItemOf<S[K]>
}

/**
 * The first items of all sources together, the second ones and so on. The sources are asked in their order, and it ends
 * at the first that has no more: those behind it are not asked again. Where it ends, all are closed.
 */
export function zip<S extends readonly Iterated<unknown>[] | []>(
  sources: S,
): AsyncGenerator<Zipped<S>, undefined, undefined> {
  return derived(async function* (read) {
    const opened: AsyncIterableIterator<unknown>[] = []
    try {
      for (const source of sources) opened.push(read(source))
      while (opened.length > 0) {
        const values: unknown[] = []
        for (const items of opened) {
          const next = await items.next()
          if (next.done === true) return
          values.push(next.value)
        }
        yield values as Zipped<S>
      }
    } finally {
      await Promise.all(opened.map(closed))
    }
  })
}

async function closed(items: AsyncIterableIterator<unknown>): Promise<void> {
  try {
    await items.return?.()
  } catch (error) {
    reportLate('an iterator could not be closed', error)
  }
}
