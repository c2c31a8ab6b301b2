import { expect, test } from 'vitest'

import { ChunkReader } from '../../src/http1/chunks.ts'

import { bytes, cutAt } from './heard.ts'

const LIMIT = 30

function read(pieces: readonly Uint8Array[], lenient = false): { text: string; end: number } {
  const reader = new ChunkReader({ what: 'response', lenient, limit: LIMIT })
  reader.begin()
  let text = ''
  let end = -1
  for (const piece of pieces) {
    end = reader.read(Buffer.from(piece), 0, (data) => (text += data.toString('latin1')))
    if (end >= 0) break
  }
  return { text, end }
}

test.each([
  ['chunks', '3\r\nabc\r\nA\r\n0123456789\r\n0\r\n', 'abc0123456789'],
  ['no chunk', '0\r\n', ''],
  ['zeros in front of a size', '003\r\nabc\r\n000\r\n', 'abc'],
  ['extensions', '3;a=b;c="d e"\r\nabc\r\n0;last\r\n', 'abc'],
  ['blanks behind a size', '3  \r\nabc\r\n0 ; x\r\n', 'abc'],
  ['line ends as data', '4\r\n\r\n\r\n\r\n0\r\n', '\r\n\r\n'],
])('%s are read, cut anywhere', (_name, text, data) => {
  const whole = bytes(text)
  expect(read([whole])).toEqual({ text: data, end: whole.length })
  for (let at = 0; at < whole.length; at++) expect(read(cutAt(whole, at)).text).toBe(data)
  expect(read(Array.from(whole, (byte) => Uint8Array.of(byte))).text).toBe(data)
})

test('what follows the last chunk is not read, and data is not copied', () => {
  const whole = bytes('5\r\nhello\r\n0\r\n\r\nmore')
  const reader = new ChunkReader({ what: 'response', lenient: false, limit: LIMIT })
  const taken: Buffer[] = []
  expect(reader.read(whole, 0, (data) => void taken.push(data))).toBe(13)
  expect(taken[0]?.buffer).toBe(whole.buffer)
})

test.each([
  ['no size', '\r\nabc'],
  ['a size that is no number', '3x\r\nabc\r\n'],
  ['a sign', '-3\r\nabc\r\n'],
  ['0x in front of a size', '0x3\r\nabc\r\n'],
  ['two sizes', '3 3\r\nabc\r\n'],
  ['a size beyond what a number holds', '40000000000000\r\n'],
  ['a bare LF behind a size', '3\nabc\r\n'],
  ['a bare LF behind data', '3\r\nabc\n0\r\n'],
  ['more data than announced', '3\r\nabcd\r\n'],
  ['a bare CR in a size', '3\rabc'],
  ['a bare LF in an extension', '3;a\nabc'],
  ['a NUL in an extension', '3;\u0000\r\nabc'],
])('%s is refused, cut anywhere', (_name, text) => {
  const whole = bytes(text)
  expect(() => read([whole])).toThrow('not valid HTTP')
  for (let at = 1; at < whole.length; at++)
    expect(() => read(cutAt(whole, at))).toThrow('not valid HTTP')
})

test('lines may end with LF alone where that is allowed', () => {
  expect(read([bytes('3\nabc\n0\n')], true)).toEqual({ text: 'abc', end: 8 })
  expect(read([bytes('3;x\nabc\r\n0\r\n')], true).text).toBe('abc')
})

test.each([
  ['an extension', '1;', 'x'],
  ['a size', '', '0'],
  ['blanks', '1', ' '],
])('[H-HTTP-09] %s without end stops at the limit', (_name, begin, more) => {
  const error = { code: 'NET_PROTO_LIMIT', limit: LIMIT }
  const endless = [bytes(begin), ...Array.from({ length: 2 * LIMIT }, () => bytes(more))]
  expect(() => read(endless)).toThrow(expect.objectContaining(error))
  expect(() => read(endless.slice(0, LIMIT - 2))).not.toThrow()
})
