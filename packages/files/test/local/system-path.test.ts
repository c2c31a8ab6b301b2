import { expect, test } from 'vitest'

import { mayBeLossy, nameOfBytes, systemPath } from '../../src/local/system-path.ts'

test('names go to bytes and back', () => {
  for (const bytes of [
    [0x61],
    [0xe9],
    [0x61, 0xff, 0xc3, 0xa9],
    [0xf0, 0x9f, 0x98, 0x80, 0x80],
    [0xef, 0xbf, 0xbd],
  ]) {
    const name = nameOfBytes(Buffer.from(bytes))
    expect([...Buffer.from(systemPath('', name))].slice(1)).toEqual(bytes)
  }
  expect(nameOfBytes(Buffer.from([0x61, 0xe9]))).toBe('a\udce9')
})

test('text stays text', () => {
  expect(systemPath('/in', 'a')).toBe('/in/a')
  expect(systemPath('/in', '')).toBe('/in')
  expect([mayBeLossy('a'), mayBeLossy('a\ufffd')]).toEqual([false, true])
})
