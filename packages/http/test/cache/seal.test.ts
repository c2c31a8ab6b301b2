import { expect, test } from 'vitest'

import { seal } from '../../src/cache/seal.ts'

test('the same text under the same key is the same, under another one it is not', () => {
  const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  expect(seal('token', one)).toBe(seal('token', one))
  expect(seal('token', one)).not.toBe(seal('token', other))
  expect(seal('token', one)).not.toBe(seal('token2', one))
  expect(seal('token', one)).toMatch(/^[\w-]{43}$/)
})
