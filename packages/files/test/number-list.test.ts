import { expect, test } from 'vitest'

import { NumberList } from '../src/number-list.ts'

test.for([undefined, 0, 5, 1000])('gives back what was put in, with room for %s', (expected) => {
  const list = new NumberList(expected)
  const values = Array.from({ length: 100 }, (_, index) => index / 3 - 7)
  list.push(...values.slice(0, 50))
  for (const value of values.slice(50)) list.push(value)
  expect(values.map((_, index) => list.at(index))).toEqual(values)
})
