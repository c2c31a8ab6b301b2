import { expect, test } from 'vitest'

import { entryOf, type Entry } from '../../src/memory/entry.ts'
import { Group } from '../../src/memory/group.ts'

function job(place: number, priority = 0): Entry {
  return entryOf(
    { id: `${place}`, payload: '', priority, attempts: 1, delay: 0, group: 'g' },
    place,
    0,
  )
}

test('only the first job stands in the line, and a higher one takes its place', () => {
  const group = new Group('g')
  const [first, high] = [job(1), job(2, 5)]
  group.waits(first)
  expect(group.front({}, 0)).toBe(first)
  expect(group.front({}, 0)).toBeUndefined()
  group.waits(high)
  expect(group.front({}, 0)).toBe(high)
  expect([first.line, high.line]).toEqual(['behind', 'ready'])
})

test('a group at its limit has no job in the line', () => {
  const group = new Group('g')
  const [first, second] = [job(1), job(2)]
  group.waits(first)
  group.waits(second)
  group.front({ concurrency: 1 }, 0)
  group.leaves(first)
  group.started({ concurrency: 1 }, 0)
  expect(group.front({ concurrency: 1 }, 0)).toBeUndefined()
  expect(group.restful).toBeUndefined()
  group.ended()
  group.hold(50)
  expect(group.front({ concurrency: 1 }, 49)).toBeUndefined()
  expect(group.front({ concurrency: 1 }, 50)).toBe(second)
})

test('a group is remembered as long as its rate needs it', () => {
  const rule = { rate: { limit: 1, interval: 100 } }
  const group = new Group('g')
  const only = job(1)
  group.waits(only)
  group.leaves(only)
  group.started(rule, 7)
  group.ended()
  expect([group.until, group.restful]).toEqual([107, 107])
})
