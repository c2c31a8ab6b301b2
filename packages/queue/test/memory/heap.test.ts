import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { Heap } from '../../src/memory/heap.ts'

test('items come out in order, whatever order they came in, and void ones never', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), (numbers) => {
      const heap = new Heap<number>((a, b) => a < b)
      for (const number of numbers) heap.push(number)
      const isEven = (number: number): boolean => number % 2 === 0
      const out: number[] = []
      for (let next = heap.pop(isEven); next !== undefined; next = heap.pop(isEven)) out.push(next)
      expect(out).toEqual(numbers.filter(isEven).toSorted((a, b) => a - b))
    }),
  )
})

test('looking takes nothing out', () => {
  const heap = new Heap<number>((a, b) => a < b)
  heap.push(2)
  expect([heap.peek(() => true), heap.pop(() => true), heap.peek(() => true)]).toEqual([
    2,
    2,
    undefined,
  ])
})
