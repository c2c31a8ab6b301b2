import { expect, test } from 'vitest'

import { HEX, malformed, TARGET, TOKEN, tooMuch, VALUE } from '../../src/http1/syntax.ts'

const members = (table: Uint8Array): string =>
  Buffer.from(Array.from(table.keys()).filter((byte) => table[byte] === 1)).toString('latin1')

test('a token has the characters of RFC 9110 section 5.6.2', () => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
  expect(members(TOKEN)).toBe(`!#$%&'*+-.0123456789${letters}^_\`${letters.toLowerCase()}|~`)
})

test('a value has blanks, visible characters and the bytes from 128 on', () => {
  const allowed = (byte: number): boolean => byte === 9 || (byte >= 32 && byte !== 127)
  expect(Array.from(VALUE)).toEqual(Array.from(VALUE.keys(), (byte) => Number(allowed(byte))))
})

test('a target has no blank', () => {
  expect([TARGET[32], TARGET[9], TARGET[33], TARGET[127], TARGET[200]]).toEqual([0, 0, 1, 0, 1])
})

test('hexadecimal digits have their value, all others none', () => {
  expect(['0', '9', 'a', 'F', 'g', ' '].map((digit) => HEX[digit.charCodeAt(0)])).toEqual([
    0, 9, 10, 15, 255, 255,
  ])
})

test('what the peer did wrong has a code and says what it was', () => {
  expect(malformed('request', 'why')).toMatchObject({ code: 'NET_PROTO_MALFORMED' })
  expect(malformed('request', 'why').message).toContain('the request is not valid HTTP (why)')
  expect(tooMuch('too long', 5)).toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 5 })
})
