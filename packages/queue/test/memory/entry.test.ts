import { expect, test } from 'vitest'

import { before, claimedOf, entryOf, lease, resize, jobOfEntry } from '../../src/memory/entry.ts'

const job = { id: 'a', payload: '"ü"', priority: 0, attempts: 3, delay: 5, deadline: 50 }
const request = { holder: 'w', max: 1, idle: true, single: false, lease: 100 }

test('a job is kept with times on the wall clock, and leased by the monotonic one', () => {
  const entry = entryOf(job, 1, 1000)
  expect(entry).toMatchObject({ due: 1005, deadline: 1050, size: 4, state: 'waiting' })
  lease(entry, request, 7, 1010)
  expect(entry).toMatchObject({ leaseEnd: 107, started: 1010, token: 'w:1', alone: false })
  expect(claimedOf(entry, 1010)).toMatchObject({ left: 40, starts: 1, spent: 1, alone: false })
  expect(jobOfEntry(entry)).not.toHaveProperty('due')
})

test('what an attempt leaves counts for the size', () => {
  const entry = entryOf(job, 1, 0)
  resize(entry, { result: '12345', error: undefined })
  expect(entry.size).toBe(9)
})

test('higher priorities come first, then the order of adding', () => {
  const [first, second] = [entryOf(job, 1, 0), entryOf(job, 2, 0)]
  const high = entryOf({ ...job, priority: 1 }, 3, 0)
  expect([before(first, second), before(second, first), before(high, first)]).toEqual([
    true,
    false,
    true,
  ])
})
