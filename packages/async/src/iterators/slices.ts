/*
 * Functions that give a part of the items. Once they have what they want they close what they read.
 */

import { jobOf, wholeOf } from '../option-checks.ts'
import { derived } from './derived.ts'
import type { Each } from './transforms.ts'
import type { Iterated } from './iterated.ts'

/** The first `count` items; does not ask for another one. */
export function take<T>(
  items: Iterated<T>,
  count: number,
): AsyncGenerator<T, undefined, undefined> {
  return derived(async function* (read) {
    let left = wholeOf('count', count)
    if (left === 0) return
    for await (const item of read(items)) {
      yield item
      if (--left === 0) return
    }
  })
}

/** The items before the first one that the test does not hold for. */
export function takeWhile<T>(
  items: Iterated<T>,
  test: Each<T, boolean>,
): AsyncGenerator<T, undefined, undefined> {
  return derived(async function* (read) {
    jobOf('test', test)
    let index = 0
    for await (const item of read(items)) {
      if (!(await test(item, index++))) return
      yield item
    }
  })
}

/** The items after the first `count`. */
export function drop<T>(
  items: Iterated<T>,
  count: number,
): AsyncGenerator<T, undefined, undefined> {
  return derived(async function* (read) {
    let left = wholeOf('count', count)
    for await (const item of read(items)) if (left-- <= 0) yield item
  })
}

/** The items from the first one on that the test does not hold for. */
export function dropWhile<T>(
  items: Iterated<T>,
  test: Each<T, boolean>,
): AsyncGenerator<T, undefined, undefined> {
  return derived(async function* (read) {
    jobOf('test', test)
    let index = 0
    let dropping = true
    for await (const item of read(items)) {
      dropping &&= await test(item, index++)
      if (!dropping) yield item
    }
  })
}
