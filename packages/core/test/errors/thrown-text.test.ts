import { expect, test } from 'vitest'

import { thrownMessage, thrownStack } from '@net/core/authoring'

test('whatever was thrown has a text', () => {
  expect(thrownMessage(new Error('full'))).toBe('full')
  expect(thrownStack(new Error('full'))).toContain('thrown-text.test')
  expect(thrownMessage('plain')).toBe('plain')
  expect(thrownStack(Symbol('s'))).toBe('Symbol(s)')
})

test('what has no text, or fails when it is looked at, is said to be so', () => {
  const failing = Object.defineProperty(new Error('x'), 'message', {
    get() {
      throw new Error('looked at')
    },
  })
  for (const thrown of [Object.create(null), failing] as unknown[])
    expect(thrownMessage(thrown)).toBe('what was thrown cannot be read')
  expect(thrownStack(Object.create(null))).toBe('what was thrown cannot be read')
})
