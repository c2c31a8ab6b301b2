import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { Heap } from '../../src/memory/heap.ts'

test('items come out in order, whatever order they came in, and void ones never', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), (numbers) => {
      const isEven = (number: number): boolean => number % 2 === 0
      const heap = new Heap<number>((a, b) => a < b, isEven)
      for (const number of numbers) heap.push(number)
      const out: number[] = []
      for (let next = heap.pop(); next !== undefined; next = heap.pop()) out.push(next)
      expect(out).toEqual(numbers.filter(isEven).toSorted((a, b) => a - b))
    }),
  )
})

test('looking takes nothing out', () => {
  const heap = new Heap<number>(
    (a, b) => a < b,
    () => true,
  )
  heap.push(2)
  expect([heap.peek(), heap.pop(), heap.peek()]).toEqual([2, 2, undefined])
})

test('what is void does not stay until it comes to the top', () => {
  let asked = 0
  const gone = new Set<number>()
  const heap = new Heap<number>(
    (a, b) => a < b,
    (number) => {
      asked++
      return !gone.has(number)
    },
  )
  heap.push(-1)
  // Above all of them stands one that stays.
  for (let number = 10_000; number > 0; number--) {
    heap.push(number)
    if (number % 5 > 0) gone.add(number)
  }
  expect(heap.peek()).toBe(-1)
  asked = 0
  const out: number[] = []
  for (let next = heap.pop(); next !== undefined; next = heap.pop()) out.push(next)
  expect(out).toEqual([-1, ...Array.from({ length: 2000 }, (_, index) => 5 * (index + 1))])
  // It is asked about each that is left.
  expect(asked).toBeLessThan(8000)
})
