import { expect, test } from 'vitest'

import { ShownText } from '../../src/output/shown-text.ts'

function shown(...pieces: readonly Uint8Array[]): string {
  const text = new ShownText()
  return [...pieces.map((piece) => text.add(piece)), text.end()].join('')
}

test('text is shown alike wherever it is cut', () => {
  const bytes = Buffer.from('grün\r\n\rkůň\u001b 😀\r\r\n\r')
  for (let at = 0; at <= bytes.length; at++) {
    const [first, second] = [bytes.subarray(0, at), bytes.subarray(at)]
    expect(shown(first, Buffer.alloc(0), second)).toBe('grün\n\\rkůň\\x1b 😀\\r\n\\r')
  }
})

test('the bytes of a character that is never whole are shown at the end', () => {
  expect(shown(Buffer.from('ab'), Buffer.from('ü').subarray(0, 1))).toBe('ab\uFFFD')
})
