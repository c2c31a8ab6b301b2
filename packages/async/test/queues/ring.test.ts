import { expect, test } from 'vitest'

import { Ring } from '../../src/queues/ring.ts'

test('keeps the order of any number of items, also where it wraps and grows', () => {
  const ring = new Ring<number>()
  const taken: number[] = []
  let next = 0
  for (let round = 1; round <= 40; round++) {
    for (let count = 0; count < round; count++) ring.push(next++)
    for (let count = 0; count < round - 1; count++) taken.push(ring.take())
  }
  expect(ring.size).toBe(40)
  while (ring.size > 0) taken.push(ring.take())
  expect(taken).toEqual(Array.from({ length: next }, (_, index) => index))
})
