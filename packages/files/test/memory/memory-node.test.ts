import { expect, test } from 'vitest'

import { keptName, keyOf, newFile, putBytes } from '../../src/memory/memory-node.ts'
import { memoryCapabilities } from '../../src/memory/memory-options.ts'

test('a gap is empty, whatever was there before', () => {
  const file = newFile()
  putBytes(file, Buffer.from('0123456789'), 0)
  file.length = 2
  putBytes(file, Buffer.from('x'), 5)
  expect(Buffer.from(file.bytes.subarray(0, file.length)).toString()).toBe('01\0\0\0x')
})

test('names are kept, changed or refused', () => {
  const can = { ...memoryCapabilities, forbidden: ':', longestName: 6 }
  expect(keptName('cafe\u0301', { ...can, unicodeForm: 'NFC' })).toBe('caf\u00e9')
  expect(keptName('cafe\u0301', can)).toBe('cafe\u0301')
  expect(() => keptName('a:b', can)).toThrow('is not allowed')
  expect(() => keptName('1234567', can)).toThrow('longer than 6 bytes')
  expect(keyOf('A', { ...can, letterCase: 'ignored' })).toBe('a')
})
