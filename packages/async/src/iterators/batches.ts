/*
 * Functions that give several items together.
 */

import { countOf } from '../option-checks.ts'
import { derived } from './derived.ts'
import type { Iterated } from './iterated.ts'

/** The items in lists of `size`, as soon as each is full; the last one may be shorter. */
export function batch<T>(
  items: Iterated<T>,
  size: number,
): AsyncGenerator<T[], undefined, undefined> {
  return derived(async function* (read) {
    countOf('size', size)
    let full: T[] = []
    for await (const item of read(items)) {
      if (full.push(item) < size) continue
      yield full
      full = []
    }
    if (full.length > 0) yield full
  })
}

/** Each item with the one before it; empty for fewer than two items. */
export function pairwise<T>(
  items: Iterated<T>,
): AsyncGenerator<[before: T, item: T], undefined, undefined> {
  return derived(async function* (read) {
    let before: { readonly item: T } | undefined
    for await (const item of read(items)) {
      if (before !== undefined) yield [before.item, item]
      before = { item }
    }
  })
}
