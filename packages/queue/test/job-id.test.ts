import { expect, test } from 'vitest'

import { randomId } from '../src/job-id.ts'

test('ids are random, of 128 bits, and no two are alike', () => {
  const ids = Array.from({ length: 2000 }, randomId)
  expect(new Set(ids).size).toBe(2000)
  for (const id of ids) expect(id).toMatch(/^[\da-f]{32}$/u)
  // Each digit takes all its values.
  for (let digit = 0; digit < 32; digit++) {
    expect(new Set(ids.map((id) => id[digit])).size).toBe(16)
  }
})
