import { expect, test } from 'vitest'

import { callerFault, isCallerFault } from '@net/core/authoring'

test('only what was marked is a fault of the caller', () => {
  const error = new Error('x')
  expect(isCallerFault(error)).toBe(false)
  expect(callerFault(error)).toBe(error)
  expect(isCallerFault(error)).toBe(true)
  expect(isCallerFault('text')).toBe(false)
})

test('a thrown value that is not an object becomes an Error of the caller’s', () => {
  for (const thrown of ['text', undefined, null]) {
    const error = callerFault(thrown)
    expect(isCallerFault(error)).toBe(true)
    expect(error).toMatchObject({ message: expect.stringMatching(/ was thrown$/), cause: thrown })
  }
})
