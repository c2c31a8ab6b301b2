import { expect, test } from 'vitest'

import * as der from '../../src/testing/der.ts'

test('values have the bytes of X.690', () => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  expect(hex(der.integer(Buffer.of(0, 0, 0x7f)))).toBe('02017f')
  expect(hex(der.integer(Buffer.of(0x80)))).toBe('02020080')
  expect(hex(der.integer(Buffer.of(0)))).toBe('020100')
  expect(hex(der.objectId('1.2.840.10045.4.3.2'))).toBe('06082a8648ce3d040302')
  expect(hex(der.objectId('2.5.4.3'))).toBe('0603550403')
  expect(hex(der.yes())).toBe('0101ff')
  expect(hex(der.bitString(Buffer.of(0x80), 7))).toBe('03020780')
  expect(hex(der.octetString(Buffer.of(1)))).toBe('040101')
  expect(hex(der.utf8String('é'))).toBe('0c02c3a9')
  expect(hex(der.sequence(der.setOf(), der.context(0)))).toBe('30043100a000')
  expect(der.utcTime(new Date('2026-01-02T03:04:05.678Z')).subarray(2).toString()).toBe(
    '260102030405Z',
  )
})

test('lengths above 127 have their own length', () => {
  const head = (size: number) =>
    der.octetString(new Uint8Array(size)).subarray(0, 4).toString('hex')
  expect([head(127), head(128), head(300)]).toEqual(['047f0000', '04818000', '0482012c'])
})
