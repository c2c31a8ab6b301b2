import { expect, test } from 'vitest'

import { addressBytes } from '../src/address-bytes.ts'

test('addresses have 4 or 16 bytes', () => {
  const hex = (address: string) => addressBytes(address).toString('hex')
  expect(hex('127.0.0.1')).toBe('7f000001')
  expect(hex('::1')).toBe('00000000000000000000000000000001')
  expect(hex('2001:db8::7')).toBe('20010db8000000000000000000000007')
  expect(hex('::ffff:10.0.0.1')).toBe('00000000000000000000ffff0a000001')
  expect(hex('::')).toBe('0'.repeat(32))
})
