import { expect, test } from 'vitest'

import { parameter } from '../../src/mime/parameter.ts'

test('a plain name is in quotes', () => {
  expect(parameter('filename', 'report.pdf')).toBe(';\r\n filename="report.pdf"')
  expect(parameter('filename', 'a report (1).pdf')).toBe(';\r\n filename="a report (1).pdf"')
  expect(parameter('filename', 'x')).toBe(';\r\n filename="x"')
})

test('other scripts, quotes and space at an end are encoded (RFC 2231)', () => {
  expect(parameter('filename', 'Grüße.txt')).toBe(`;\r\n filename*=utf-8''Gr%C3%BC%C3%9Fe.txt`)
  expect(parameter('filename', 'a"b')).toBe(`;\r\n filename*=utf-8''a%22b`)
  expect(parameter('filename', ' a')).toBe(`;\r\n filename*=utf-8''%20a`)
  expect(parameter('filename', "*'()")).toBe(`;\r\n filename*=utf-8''%2A%27%28%29`)
  expect(parameter('filename', '=?utf-8?q?x?=')).toMatch(/filename\*=utf-8''%3D%3F/)
})

test('a long one goes on in pieces, every one encoded and none cut within a byte', () => {
  for (const name of [`${'ä'.repeat(100)}.txt`, 'x'.repeat(200), '你好'.repeat(40)]) {
    const lines = parameter('filename', name).split(';\r\n ').slice(1)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(76)
    const pieces = lines.map((line, at) => {
      const [, number, value = ''] = /^filename\*(\d+)\*=(.*)$/.exec(line) ?? []
      expect(Number(number)).toBe(at)
      const piece = at === 0 ? value.replace("utf-8''", '') : value
      expect(piece).toMatch(/^(?:[\w.~-]|%[\dA-F]{2})+$/)
      return piece
    })
    expect(decodeURIComponent(pieces.join(''))).toBe(name)
  }
})
