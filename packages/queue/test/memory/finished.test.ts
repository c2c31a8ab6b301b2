import { expect, test } from 'vitest'

import { entryOf, type Entry } from '../../src/memory/entry.ts'
import { Finished } from '../../src/memory/finished.ts'

function ended(place: number, finished: number): Entry {
  const job = { id: `${place}`, payload: '12345', priority: 0, attempts: 1, delay: 0 }
  return Object.assign(entryOf(job, place, 0), { finished })
}

function keptOf(rule: { age?: number; count?: number; bytes?: number }): readonly number[] {
  const finished = new Finished({ age: Infinity, count: Infinity, bytes: Infinity, ...rule })
  for (const [index, at] of [0, 10, 20].entries()) finished.add(ended(index, at))
  const gone: number[] = []
  for (let old = finished.surplus(30); old !== undefined; old = finished.surplus(30))
    gone.push(old.place)
  expect(finished.size).toBe(3 - gone.length)
  expect(finished.bytes).toBe(5 * finished.size)
  return finished.all().map(({ place }) => place)
}

test('what is beyond any of the bounds goes, the oldest first', () => {
  expect(keptOf({})).toEqual([0, 1, 2])
  expect(keptOf({ age: 15 })).toEqual([2])
  expect(keptOf({ count: 2 })).toEqual([1, 2])
  expect(keptOf({ bytes: 14 })).toEqual([1, 2])
  expect(keptOf({ count: 0 })).toEqual([])
})

test('a job that is taken out counts no more', () => {
  const finished = new Finished({ age: 0, count: 1, bytes: 5 })
  const entry = ended(1, 0)
  finished.add(entry)
  expect([finished.delete(entry), finished.delete(entry), finished.bytes]).toEqual([true, false, 0])
})
