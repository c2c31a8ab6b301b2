/*
 * What the iterator functions read: items that are there or that are waited for.
 */

import { AsyncItems } from './items.ts'

/** Anything with items, sync or async. */
export type Iterated<T> = Iterable<T> | AsyncIterable<T>

/** What it has as items. */
export type ItemOf<S> =
  S extends AsyncIterable<infer T> ? T : S extends Iterable<infer T> ? T : never

/** Opens it for a reader that may close it while it is busy. */
export function openItems<T>(items: Iterated<T>): AsyncItems<T> {
  return new AsyncItems({ [Symbol.asyncIterator]: () => iteratorOf(items) })
}

/** Its iterator; sync items are given one by one as if they were waited for. */
export function iteratorOf<T>(items: Iterated<T>): AsyncIterator<T, unknown> {
  if (typeof items === 'object' && Symbol.asyncIterator in items)
    return items[Symbol.asyncIterator]()
  return later(items)
}

async function* later<T>(items: Iterable<T>): AsyncGenerator<T, undefined, undefined> {
  yield* items
}
