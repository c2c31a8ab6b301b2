import { expect, test } from 'vitest'

import { saslPrep } from '../../src/auth/sasl-prep.ts'

test('prepares texts as the examples of RFC 4013 do', () => {
  expect(saslPrep('I\u00ADX')).toBe('IX')
  expect(saslPrep('user')).toBe('user')
  expect(saslPrep('USER')).toBe('USER')
  expect(saslPrep('\u00AA')).toBe('a')
  expect(saslPrep('\u2168')).toBe('IX')
  expect(saslPrep('a\u00A0b')).toBe('a b')
})
