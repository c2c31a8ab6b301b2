import { expect, test } from 'vitest'

import { entryOf, type Entry } from '../../src/memory/entry.ts'
import { Lines } from '../../src/memory/lines.ts'

function job(place: number, more: Partial<Entry> = {}): Entry {
  const plain = { id: `${place}`, payload: '', priority: 0, attempts: 1, delay: 0 }
  return Object.assign(entryOf({ ...plain, group: more.group }, place, 0), more)
}

test('a delayed job comes in when it is due, before younger ones', () => {
  const lines = new Lines()
  const late = job(1, { due: 100 })
  lines.delay(late)
  lines.enqueue(job(2), 0)
  expect(lines.next?.place).toBe(2)
  expect(lines.wait(0, 40)).toBe(60)
  lines.wake(0, 100)
  expect(lines.next).toBe(late)
  expect([lines.waiting, lines.delayed, lines.wait(0, 100)]).toEqual([2, 0, Infinity])
})

test('a job that leaves is in no line any more', () => {
  const lines = new Lines()
  const jobs = [job(1), job(2, { due: 50 }), job(3, { suspect: true }), job(4, { group: 'g' })]
  const [plain, late, suspect, grouped] = jobs as [Entry, Entry, Entry, Entry]
  lines.delay(late)
  for (const entry of [plain, suspect, grouped]) lines.enqueue(entry, 0)
  expect([lines.waiting, lines.delayed, lines.suspected]).toEqual([3, 1, 1])
  for (const entry of jobs) lines.leave(entry, 0)
  lines.wake(0, 100)
  expect([lines.waiting, lines.delayed, lines.suspected]).toEqual([0, 0, 0])
  expect([lines.next, lines.suspect]).toEqual([undefined, undefined])
})

test('a group that is held comes back by itself', () => {
  const lines = new Lines()
  const [first, second] = [job(1, { group: 'g' }), job(2, { group: 'g' })]
  lines.enqueue(first, 0)
  lines.enqueue(second, 0)
  lines.leave(first, 0)
  lines.started(first, 0)
  lines.ended(first, 80, 0)
  expect(lines.next).toBeUndefined()
  expect(lines.wait(0, 0)).toBe(80)
  lines.wake(80, 0)
  expect(lines.next).toBe(second)
})
