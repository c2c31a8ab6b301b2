import { NetError } from '@net/core'
import { nameErrors } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('an error prints the name that its class was given, without a field of its own', () => {
  class E extends NetError {}
  nameErrors({ TeaPotError: E })
  const error = new E('NET_INTERNAL', { message: 'short and stout' })
  expect(error.name).toBe('TeaPotError')
  expect(String(error)).toBe('TeaPotError: short and stout')
  expect(Object.keys(error)).not.toContain('name')
})
