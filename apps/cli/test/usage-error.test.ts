import { expect, it } from 'vitest'

import { UsageError } from '../src/usage-error.ts'

it('is an error with the line to print', () => {
  expect(new UsageError('give -r').message).toBe('give -r')
})
