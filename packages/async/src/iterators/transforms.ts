/*
 * Functions that turn each item into something else, one after the other. Leaving the result closes what it reads.
 */

import { jobOf } from '../option-checks.ts'
import { derived } from './derived.ts'
import type { Iterated } from './iterated.ts'

/** Maps an item, at once or by a promise; `index` counts from 0. */
export type Each<T, R> = (item: T, index: number) => R | PromiseLike<R>

/**
 * Each item transformed, the next one only after the last is done. `map` and `mapUnordered` of `@net/async` work on
 * several at a time.
 */
export function mapEach<T, R>(
  items: Iterated<T>,
  transform: Each<T, R>,
): AsyncGenerator<R, undefined, undefined> {
  return derived(async function* (read) {
    jobOf('transform', transform)
    let index = 0
    for await (const item of read(items)) yield await transform(item, index++)
  })
}

/** The items that the test holds for. */
export function filter<T>(
  items: Iterated<T>,
  test: Each<T, boolean>,
): AsyncGenerator<T, undefined, undefined> {
  return derived(async function* (read) {
    jobOf('test', test)
    let index = 0
    for await (const item of read(items)) if (await test(item, index++)) yield item
  })
}

/** The items of what each item is turned into, one after the other. */
export function flatMap<T, R>(
  items: Iterated<T>,
  transform: Each<T, Iterated<R>>,
): AsyncGenerator<R, undefined, undefined> {
  return derived(async function* (read) {
    jobOf('transform', transform)
    let index = 0
    for await (const item of read(items)) yield* read(await transform(item, index++))
  })
}

/** Each item with its index from 0 on. */
export function enumerate<T>(
  items: Iterated<T>,
): AsyncGenerator<[index: number, item: T], undefined, undefined> {
  return derived(async function* (read) {
    let index = 0
    for await (const item of read(items)) yield [index++, item]
  })
}

/** What `step` makes of the result so far and each item; `initial` itself is not given. */
export function scan<T, R>(
  items: Iterated<T>,
  step: (result: R, item: T) => R | PromiseLike<R>,
  initial: R,
): AsyncGenerator<R, undefined, undefined> {
  return derived(async function* (read) {
    jobOf('step', step)
    let result = initial
    for await (const item of read(items)) {
      result = await step(result, item)
      yield result
    }
  })
}
