import { expect, test } from 'vitest'

import { FromWire, ToWire } from '../src/line-ends.ts'

const texts = ['', 'a', 'a\nb', 'a\r\nb', '\n\n', 'a\rb', '\r\r\n', 'a\r', '\n\r']

function pieces(text: string, at: number): readonly Uint8Array[] {
  return [Buffer.from(text.slice(0, at)), Buffer.from(text.slice(at))]
}

test('every LF goes out as CR LF, however the text is split', () => {
  for (const text of texts) {
    for (let at = 0; at <= text.length; at++) {
      const ends = new ToWire()
      const out = Buffer.concat(pieces(text, at).map((piece) => Buffer.from(ends.convert(piece))))
      expect(out.toString()).toBe(text.replaceAll(/(?<!\r)\n/g, '\r\n'))
    }
  }
})

test('every CR LF comes in as LF, and a CR alone stays', () => {
  for (const text of texts) {
    for (let at = 0; at <= text.length; at++) {
      const ends = new FromWire()
      const parts = pieces(text, at).map((piece) => Buffer.from(ends.convert(piece)))
      expect(Buffer.concat([...parts, ends.end()]).toString()).toBe(text.replaceAll('\r\n', '\n'))
    }
  }
})
