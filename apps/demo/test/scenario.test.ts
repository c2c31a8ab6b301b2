import { expect, test } from 'vitest'

import { expectSame } from '../src/scenario.ts'

test('a difference is reported with both values', () => {
  expect(() => expectSame('the size', 1, 2)).toThrow('the size is 1, not 2')
  expect(() => expectSame('the list', [1, { a: 2 }], [1, { a: 2 }])).not.toThrow()
})
