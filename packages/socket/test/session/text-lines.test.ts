import { TextLines } from '@net/socket/authoring'
import { expect, test } from 'vitest'

test('lines end with LF or CRLF, however the bytes were split, and keep every byte', () => {
  const bytes = Buffer.from('+OK\r\ncaf\xe9\n\r\nlast', 'latin1')
  for (let at = 0; at <= bytes.length; at++) {
    const lines = new TextLines()
    const found = [...lines.push(bytes.subarray(0, at)), ...lines.push(bytes.subarray(at))]
    expect(found).toEqual(['+OK', 'caf\xe9', ''])
    expect(lines.pending).toBe(true)
  }
})

test('reading can stop between two lines, and what is behind counts as pending', () => {
  const lines = new TextLines()
  for (const line of lines.push(Buffer.from('one\r\ntwo\r\n'))) {
    expect(line).toBe('one')
    break
  }
  expect(lines.pending).toBe(true)
  expect([...lines.push(Buffer.of())]).toEqual(['two'])
  expect(lines.pending).toBe(false)
})

test('a line that is too long is refused, also before its end', () => {
  const push = (text: string) => [...new TextLines({ limit: 4 }).push(Buffer.from(text))]
  expect(push('1234\r\n')).toEqual(['1234'])
  expect(() => push('12345\r\n')).toThrow(/more than 4 bytes/)
  expect(() => push('123456')).toThrow(/more than 4 bytes/)
})

test('what begins otherwise is another protocol, at its first byte', () => {
  const push = (text: string) => [...new TextLines({ begins: '+-' }).push(Buffer.from(text))]
  expect(push('+OK\r\nHTTP\r\n')).toEqual(['+OK', 'HTTP'])
  expect(push('')).toEqual([])
  expect(() => push('H')).toThrow('the server speaks another protocol: H')
})
