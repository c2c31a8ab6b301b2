import { expect, test } from 'vitest'

import { fromWire, isEscaped, toLine, toWire } from '../src/wire-text.ts'

const names = [
  Buffer.from('plain'),
  Buffer.from('grüße 日本 🎉'),
  Buffer.from('a \uFFFD that is one'),
  Buffer.from('caf\u00E9', 'latin1'),
  Buffer.from('caf\u00E8', 'latin1'),
  Buffer.from([0x61, 0xe2, 0x82, 0x62, 0xc0, 0xaf, 0xff, 0xf0, 0x9f]),
]

test('every name goes back as the bytes that it came as, and no two are one', () => {
  for (const encoding of ['utf8', 'latin1'] as const) {
    const texts = names.map((bytes) => fromWire(bytes, encoding))
    expect(texts.map((text) => toWire(text, encoding))).toEqual(names)
    expect(new Set(texts).size).toBe(names.length)
  }
})

test('bytes that are not UTF-8 are marked', () => {
  expect(names.map((bytes) => isEscaped(fromWire(bytes, 'utf8')))).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
  ])
  expect(fromWire(Buffer.from('caf\u00E9 日', 'latin1'), 'utf8')).not.toContain('\uFFFD')
  expect(isEscaped(fromWire(Buffer.from('caf\u00E9', 'latin1'), 'latin1'))).toBe(false)
})

test('a line stays one line, in either encoding', () => {
  for (const encoding of ['utf8', 'latin1'] as const) {
    for (const text of ['a\nb', 'a\rb', 'a\0b']) {
      expect(() => toWire(text, encoding)).toThrow(
        expect.objectContaining({ code: 'NET_INJECTION' }),
      )
    }
  }
})

test.each(['\u010A', '\u010D', '\u0100', '日'])(
  'Latin-1 has no %j, and nothing is cut down to fit',
  (text) => {
    expect(() => toWire(text, 'latin1')).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  },
)

test('an incomplete character is kept as bytes', () => {
  for (const text of ['\uD83C', 'a\uDFFF', '\uDC0A']) {
    expect(() => toWire(text, 'utf8')).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  }
})

test('a line is the same bytes as text, and is refused for the same reasons', () => {
  for (const text of ['STOR a b~', 'STOR \t\u007F', 'STOR müller', 'STOR \uDCFC']) {
    expect(Buffer.from(toLine(text, 'utf8'), 'latin1')).toEqual(toWire(text, 'utf8'))
  }
  expect(toLine('STOR ü', 'latin1')).toBe('STOR ü')
  expect(() => toLine('STOR a\nQUIT', 'utf8')).toThrow(
    expect.objectContaining({ code: 'NET_INJECTION' }),
  )
  expect(() => toLine('STOR Ā', 'latin1')).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
