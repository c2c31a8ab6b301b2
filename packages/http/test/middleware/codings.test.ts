import { expect, test } from 'vitest'

import { codingsOf, unasked } from '../../src/middleware/codings.ts'

test.each([
  ['gzip', ['gzip']],
  ['X-GZIP, br', ['gzip', 'br']],
  ['', []],
  ['identity', []],
  ['none, gzip', ['gzip']],
  ['gzip, aws-chunked', ['gzip']],
  ['gzip, , binary', ['gzip']],
  ['utf-8', []],
  ['gzip, ISO-8859-1', ['gzip']],
])('%j means %j', (field, known) => {
  expect(codingsOf(field)).toEqual({ known })
})

test('one unknown name makes all of them stay', () => {
  expect(codingsOf('gzip, Compress')).toEqual({ known: [], unknown: 'compress' })
  expect(codingsOf('aes128gcm')).toEqual({ known: [], unknown: 'aes128gcm' })
})

test.each([
  [undefined, undefined],
  ['gzip, br', undefined],
  ['x-gzip;q=0.5, *', undefined],
  ['identity', 'gzip'],
  ['br', 'gzip'],
  ['gzip', 'br'],
  ['gzip;q=0, *', 'gzip'],
  ['gzip, br; q=0.000', 'br'],
  ['', 'gzip'],
])('of gzip and br a request that accepts %j did not ask for %s', (accept, coding) => {
  expect(unasked(['gzip', 'br'], accept)).toBe(coding)
})
