import { inspect } from 'node:util'

import { expect, test } from 'vitest'

import { PRINTING } from '../src/printing-key.ts'

test('it is the one of Node', () => {
  expect(PRINTING).toBe(inspect.custom)
})
