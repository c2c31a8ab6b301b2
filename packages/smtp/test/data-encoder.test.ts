import { expect, test } from 'vitest'

import { DataEncoder } from '../src/data-encoder.ts'

function encoded(...chunks: readonly string[]): string {
  const encoder = new DataEncoder()
  const sent = chunks.map((chunk) => encoder.encode(Buffer.from(chunk, 'latin1')))
  return Buffer.concat([...sent, encoder.end()]).toString('latin1')
}

test('ends every line with CRLF, doubles the dots that begin one, and ends with a dot', () => {
  for (const [message, sent] of [
    ['', '.\r\n'],
    ['a', 'a\r\n.\r\n'],
    ['a\r\n', 'a\r\n.\r\n'],
    ['.', '..\r\n.\r\n'],
    ['.\n.\n', '..\r\n..\r\n.\r\n'],
    ['a.b\n..c', 'a.b\r\n...c\r\n.\r\n'],
    ['a\rb\n\nc\r\n\rd', 'a\r\nb\r\n\r\nc\r\n\r\nd\r\n.\r\n'],
    ['\r\n.\r\n', '\r\n..\r\n.\r\n'],
    ['a\r', 'a\r\n.\r\n'],
    ['\xff\x80\n', '\xff\x80\r\n.\r\n'],
  ] as const) {
    expect(encoded(message)).toBe(sent)
  }
})

test('the same wherever the message is cut', () => {
  const message = '.a\r\n.b\n.c\r.d\r\n\r\n..\n\r\r\n.'
  const whole = encoded(message)
  for (let first = 0; first <= message.length; first++) {
    for (let second = first; second <= message.length; second++) {
      const parts = [message.slice(0, first), message.slice(first, second), message.slice(second)]
      expect(encoded(...parts)).toBe(whole)
    }
  }
})

test('what is right already is not copied', () => {
  const encoder = new DataEncoder()
  for (const text of ['a.b\r\n', 'Subject: x\r\n\r\ny', 'z']) {
    const chunk = Buffer.from(text)
    expect(encoder.encode(chunk)).toBe(chunk)
  }
})
