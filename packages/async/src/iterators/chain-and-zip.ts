/*
 * Functions that read several sources: one after the other, or in step.
 */

import { groupError } from '@net/core/authoring'

import { asError } from '../cancellation.ts'
import { openItems, type ItemOf, type Iterated } from './iterated.ts'

/** The items of the first source, then those of the second and so on; a source is opened when it is its turn. */
export async function* chain<S extends readonly Iterated<unknown>[] | []>(
  sources: S,
): AsyncGenerator<ItemOf<S[number]>, undefined, undefined> {
  const all: readonly Iterated<unknown>[] = sources
  for (const source of all) yield* source as Iterated<ItemOf<S[number]>>
}

/** What `zip` gives: an item of each source. */
export type Zipped<S extends readonly Iterated<unknown>[]> = {
  -readonly [K in keyof S]: ItemOf<S[K]>
}

/**
 * The first items of all sources together, the second ones and so on, for as long as every source has one. The
 * sources are asked at the same time; where it ends, all are closed. A failure of one rejects as itself, of several as
 * a GroupError (`NET_GROUP`).
 */
export async function* zip<S extends readonly Iterated<unknown>[] | []>(
  sources: S,
): AsyncGenerator<Zipped<S>, undefined, undefined> {
  const opened = sources.map((source) => openItems(source))
  try {
    while (opened.length > 0) {
      // All, not the first failure: none may be left at work.
      const taken = await Promise.allSettled(opened.map(async (items) => items.take()))
      const values: unknown[] = []
      for (const { done, value } of fulfilled(taken)) {
        if (done === true) return
        values.push(value)
      }
      yield values as Zipped<S>
    }
  } finally {
    await Promise.all(opened.map(async (items) => items.close()))
  }
}

function fulfilled<V>(settled: readonly PromiseSettledResult<V>[]): V[] {
  const values: V[] = []
  const errors: unknown[] = []
  for (const one of settled) {
    if (one.status === 'fulfilled') values.push(one.value)
    else errors.push(one.reason)
  }
  if (errors.length > 1) throw groupError(errors.map(asError))
  if (errors.length === 1) throw errors[0]
  return values
}
