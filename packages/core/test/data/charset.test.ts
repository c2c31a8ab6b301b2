import { expect, test } from 'vitest'

import { decoderFor } from '../../src/data/charset.ts'

test('the bytes that windows-1252 has beyond Latin-1 are letters by each of its labels', () => {
  for (const label of ['windows-1252', 'ISO-8859-1', 'latin1', 'cp819', 'iso_8859-1:1987']) {
    const decoder = decoderFor(label)
    expect(decoder.encoding).toBe('windows-1252')
    expect(decoder.decode(Uint8Array.of(0x93, 0x80, 0xfc, 0x94, 0x81))).toBe('“€ü”\u0081')
    expect(decoder.decode(Uint8Array.of(0x80), { stream: true })).toBe('€')
    expect(decoder.decode()).toBe('')
  }
})

test('others are those of the runtime, also where a character comes in pieces', () => {
  const decoder = decoderFor('GB18030')
  expect(decoder.decode(Uint8Array.of(0xc4), { stream: true })).toBe('')
  expect(decoder.decode(Uint8Array.of(0xe3))).toBe('你')
  expect(decoderFor('utf-8').decode(Uint8Array.of(0xff))).toBe('\uFFFD')
  expect(() => decoderFor('x-none')).toThrow(RangeError)
})
