import { expect, test } from 'vitest'

import { bytes, count, duration, stepOf } from '../../page/format.js'

test.each([
  [0, '0 ms'],
  [0.123, '0.12 ms'],
  [5.25, '5.3 ms'],
  [512.4, '512 ms'],
  [1234, '1.23 s'],
  [185_000, '3 min 5 s'],
])('%d milliseconds are %s', (time, text) => {
  expect(duration(time)).toBe(text)
})

test.each([
  [512, '512 B'],
  [1536, '1.5 KiB'],
  [20 * 1024 ** 2, '20 MiB'],
  [5000 * 1024 ** 4, '5000 TiB'],
])('%d bytes are %s', (size, text) => {
  expect(bytes(size)).toBe(text)
})

test.each([
  [512, '512'],
  [100_000, '100,000'],
])('a count of %d is %s', (number, text) => {
  expect(count(number)).toBe(text)
})

test.each([
  [15, 4, 5],
  [1000, 5, 200],
  [0.3, 3, 0.1],
  [0, 2, 5e-7],
])('a scale of %d has about %d steps of %d', (length, wanted, step) => {
  expect(stepOf(length, wanted)).toBeCloseTo(step, 9)
})
