import { expect, test } from 'vitest'

import { DataMemory, SpareMemory } from '../../src/sftp/data-memory.ts'

test('memory that was given back is filled again', () => {
  const memory = new DataMemory(1000, true)
  const first = memory.next(1004)
  const second = memory.next(1004)
  expect([first?.length, second?.length]).toEqual([1004, 1004])
  expect(second?.buffer).not.toBe(first?.buffer)
  memory.giveBack([first?.subarray(4) ?? Buffer.alloc(0), Buffer.alloc(10)])
  expect(memory.next(1008)?.buffer).toBe(first?.buffer)
  expect(memory.next(1004)?.buffer).not.toBe(second?.buffer)
})

test('a small part has memory of its own, and so has all that is kept', () => {
  const memory = new DataMemory(100_000, true)
  expect(memory.next(20_000)?.length).toBe(20_000)
  const kept = new DataMemory(100_000, false)
  const first = kept.next(100_004)
  kept.giveBack([first ?? Buffer.alloc(0)])
  expect(kept.next(100_004)?.buffer).not.toBe(first?.buffer)
})

test('there is none for more than was asked for', () => {
  expect(new DataMemory(1000, true).next(1009)).toBeUndefined()
})

test('what a reader has left, and does not lend any more, the next one fills', () => {
  const spare = new SpareMemory()
  const [first, second] = [new DataMemory(1000, true, spare), new DataMemory(1000, true, spare)]
  const [left, lent] = [first.next(1004), first.next(1004)]
  first.giveBack([left ?? Buffer.alloc(0)])
  first.end()
  expect(second.next(1004)?.buffer).toBe(left?.buffer)
  expect(second.next(1004)?.buffer).not.toBe(lent?.buffer)
  // Pieces of another size are of no use.
  second.end()
  const other = new DataMemory(500, true, spare)
  expect(other.next(504)?.length).toBe(504)
})
