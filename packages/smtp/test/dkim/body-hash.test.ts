import { createHash } from 'node:crypto'

import { expect, test } from 'vitest'

import { BodyHash } from '../../src/dkim/body-hash.ts'

function hashOf(...pieces: readonly string[]): string {
  const hash = new BodyHash()
  for (const piece of pieces) hash.push(Buffer.from(piece))
  return hash.digest()
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

test('relaxes space as the example of RFC 6376 does', () => {
  expect(hashOf(' C \r\nD \t E\r\n\r\n\r\n')).toBe(sha256(' C\r\nD E\r\n'))
  expect(hashOf('')).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')
  expect(hashOf('\r\n\r\n')).toBe(sha256(''))
})

test('is the same wherever the bytes are cut, and whatever ends the lines', () => {
  const text = 'a  b \r\n\r\n\r\n c\t\r\nd\r\n\r\n'
  const expected = sha256('a b\r\n\r\n\r\n c\r\nd\r\n')
  for (let at = 0; at <= text.length; at++) {
    expect(hashOf(text.slice(0, at), text.slice(at))).toBe(expected)
  }
  expect(hashOf(...Array.from(text))).toBe(expected)
  expect(hashOf(text.replaceAll('\r\n', '\n'))).toBe(expected)
  expect(hashOf(...Array.from(text.replaceAll('\r\n', '\r')))).toBe(expected)
  expect(hashOf('no end')).toBe(sha256('no end\r\n'))
})
