import { expect, test } from 'vitest'

import {
  BodyWriter,
  latin1Bytes,
  fieldsText,
  headText,
  joinedBytes,
} from '../../src/http1/message-writer.ts'

const text = (parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('latin1')
const written = (framing: number | 'chunked' | 'close', ...chunks: readonly string[]): string => {
  const writer = new BodyWriter()
  writer.begin(framing)
  return chunks.map((chunk) => text(writer.data(Buffer.from(chunk)))).join('') + text(writer.end())
}

test('a head is its first line, its fields and an empty line', () => {
  expect(headText('GET / HTTP/1.1', ['a', '1', 'B', ''])).toBe(
    'GET / HTTP/1.1\r\na: 1\r\nB: \r\n\r\n',
  )
  expect(fieldsText([])).toBe('')
})

test('text leaves as Latin-1, joined with a body in one piece', () => {
  expect(latin1Bytes('\u00e9')).toEqual(Buffer.from([0xe9]))
  expect(joinedBytes('a\u00e9', Uint8Array.of(1, 2))).toEqual(Buffer.from([97, 0xe9, 1, 2]))
})

test('a body is framed as its head says', () => {
  expect(written(5, 'he', 'llo')).toBe('hello')
  expect(written('close', 'he', 'llo')).toBe('hello')
  expect(written('chunked', 'he', '0123456789abcdef')).toBe(
    '2\r\nhe\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n',
  )
  expect(written(0)).toBe('')
})

test('trailers stand behind the last chunk', () => {
  const writer = new BodyWriter()
  writer.begin('chunked')
  expect(text(writer.end(['digest', 'x']))).toBe('0\r\ndigest: x\r\n\r\n')
})

test('[H-HTTP-25] a body that is shorter or longer than announced never gets its end', () => {
  expect(() => written(5, 'abc')).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  expect(() => written(5, 'abc', 'def')).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
