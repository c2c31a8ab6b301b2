import { expect, test } from 'vitest'

import { nextId } from '@net/core/authoring'

test('no number is given twice', () => {
  const numbers = Array.from({ length: 1000 }, nextId)
  expect(new Set(numbers).size).toBe(1000)
})
