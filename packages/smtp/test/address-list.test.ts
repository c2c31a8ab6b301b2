import { expect, test } from 'vitest'

import { splitAddresses } from '../src/address-list.ts'

test('splits at commas and semicolons outside of quotes and angle brackets', () => {
  expect(splitAddresses('a@x, b@x;c@x')).toEqual(['a@x', 'b@x', 'c@x'])
  expect(splitAddresses('"a, b" <a@x>, <"c;d"@x>')).toEqual(['"a, b" <a@x>', '<"c;d"@x>'])
  expect(splitAddresses(String.raw`"a\", b" <a@x>, c@x`)).toEqual([
    String.raw`"a\", b" <a@x>`,
    'c@x',
  ])
})

test('empty places are not addresses', () => {
  expect(splitAddresses('')).toEqual([])
  expect(splitAddresses(' , ;')).toEqual([])
  expect(splitAddresses('a@x,')).toEqual(['a@x'])
})

test('what has no end is one address, which is then refused', () => {
  expect(splitAddresses('"a@x, b@x')).toEqual(['"a@x, b@x'])
  expect(splitAddresses('<a@x, b@x')).toEqual(['<a@x, b@x'])
})
