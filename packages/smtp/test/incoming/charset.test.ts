import { expect, test } from 'vitest'

import { decodeText } from '../../src/incoming/charset.ts'

function read(bytes: readonly number[] | string, label?: string): string {
  return decodeText(typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes), label).text
}

test('labels mean what they mean to browsers', () => {
  expect(read([0x93, 0x80, 0xfc, 0x94], 'iso-8859-1')).toBe('“€ü”')
  expect(read([0x93, 0x80, 0xfc, 0x94], 'Windows-1252')).toBe('“€ü”')
  expect(read('Grüße', 'UTF-8')).toBe('Grüße')
  expect(read([0xc4, 0xe3, 0xba, 0xc3], 'GB18030')).toBe('你好')
  expect(read([0x1b, 0x24, 0x42, 0x46, 0x7c, 0x1b, 0x28, 0x42], 'ISO-2022-JP')).toBe('日')
  expect(read([0xc7, 0xd1], 'KS_C_5601-1987')).toBe('한')
})

test('a label that is wrong or unknown costs no text', () => {
  expect(read('Grüße', 'us-ascii')).toBe('Grüße')
  expect(read([0x47, 0xfc], 'us-ascii')).toBe('Gü')
  expect(read('Grüße')).toBe('Grüße')
  expect(decodeText(Buffer.from('Grüße'), 'x-unknown')).toEqual({
    text: 'Grüße',
    label: 'unknown',
  })
  expect(read([0xfc], 'x-unknown')).toBe('ü')
})

test('what is not in the charset of its label is read as what it is, and told', () => {
  const latin = Buffer.from('Grüße aus Zürich', 'latin1')
  expect(decodeText(latin, 'utf-8')).toEqual({ text: 'Grüße aus Zürich', label: 'wrong' })
  expect(decodeText(latin, 'us-ascii')).toEqual({ text: 'Grüße aus Zürich', label: 'wrong' })
  expect(decodeText(Buffer.from('Gruesse'), 'us-ascii').label).toBe('right')
  // One byte that is damaged does not make letters of all others.
  const damaged = Buffer.concat([Buffer.from('Grüße '), Buffer.of(0xff)])
  expect(decodeText(damaged, 'utf-8')).toEqual({ text: 'Grüße \uFFFD', label: 'wrong' })
  expect(read([0x80], 'cp819')).toBe('€')
})
