import { expect, test } from 'vitest'

import { callerFault, isCallerFault } from '@net/core/authoring'

test('only what was marked is a fault of the caller', () => {
  const error = new Error('x')
  expect(isCallerFault(error)).toBe(false)
  expect(callerFault(error)).toBe(error)
  expect(isCallerFault(error)).toBe(true)
  expect(callerFault('text')).toBe('text')
  expect(isCallerFault('text')).toBe(false)
})
