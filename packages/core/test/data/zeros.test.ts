import { isZero } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('zeros are told from all else', () => {
  const bytes = new Uint8Array(262_144)
  expect([bytes, bytes.subarray(1), bytes.subarray(0, 1)].map(isZero)).toEqual([true, true, true])
  for (const at of [0, 1, 100_000, 262_143]) {
    bytes[at] = 1
    expect(isZero(bytes)).toBe(false)
    bytes[at] = 0
  }
})

test('none, and more than it looks at, are no run of zeros', () => {
  expect([0, 262_145].map((size) => isZero(new Uint8Array(size)))).toEqual([false, false])
})
