import { expect, test } from 'vitest'

import { HeadReader } from '../../src/http1/head.ts'

import { bytes, cutAt } from './heard.ts'

const LIMIT = 200
const OK = 'HTTP/1.1 200 OK\r\n'

function read(pieces: readonly Uint8Array[], lenient = false): HeadReader & { end?: number } {
  const head: HeadReader & { end?: number } = new HeadReader({
    what: 'response',
    lenient,
    limit: LIMIT,
  })
  head.begin(false)
  for (const piece of pieces) {
    head.end = head.read(Buffer.from(piece), 0)
    if (head.end >= 0) break
  }
  return head
}

const fieldsOf = (text: string): readonly string[] => read([bytes(`${OK}${text}\r\n`)]).takeFields()

test('fields keep their order, their spelling and their repeats', () => {
  expect(fieldsOf('B: 1\r\na:2\r\nB:\t 3 \t\r\n')).toEqual(['B', '1', 'a', '2', 'B', '3'])
})

test('values may be empty, and have blanks inside and bytes from 128 on', () => {
  expect(fieldsOf('a:\r\nb:  \r\nc: x  y\r\nd: \u00e9\u0080\r\n')).toEqual([
    'a',
    '',
    'b',
    '',
    'c',
    'x  y',
    'd',
    '\u00e9\u0080',
  ])
})

test('a folded line goes on with the value before it, behind one blank', () => {
  expect(fieldsOf('a: 1\r\n 2\r\n\t3\r\nb: 4\r\n')).toEqual(['a', '1 2 3', 'b', '4'])
  expect(fieldsOf('a:\r\n 2\r\n')).toEqual(['a', '2'])
  expect(fieldsOf('a: 1\r\n \r\nb: 2\r\n')).toEqual(['a', '1', 'b', '2'])
})

test('a head that is the same as the one before gives the same list, and any other a new one', () => {
  const reader = new HeadReader({ what: 'response', lenient: false, limit: LIMIT })
  const readOn = (
    text: string,
    cut = text.length,
  ): readonly [number, readonly string[], unknown] => {
    reader.begin(false)
    const from = 3
    const all = bytes(`...${text}`)
    const first = reader.read(all.subarray(0, from + cut), from)
    const end = first < 0 ? reader.read(all.subarray(from + cut), 0) : first
    return [end, reader.takeFields(), reader.status]
  }
  const text = `${OK}a: 1\r\n\r\n`
  const [end, list, status] = readOn(`${text}body`)
  expect([end, list]).toEqual([text.length + 3, ['a', '1']])
  expect(readOn(`${text}more`)).toEqual([end, list, status])
  expect(readOn(`${text}more`)[1]).toBe(list)
  expect(readOn(`${OK}a: 2\r\n\r\n`)[1]).toEqual(['a', '2'])
  expect(readOn(`${OK}a: 1\r\nb: 2\r\n\r\n`)[1]).toEqual(['a', '1', 'b', '2'])
  // The beginning of what is known is not all of it.
  for (let cut = 1; cut < text.length; cut++) {
    expect(readOn(text)[1]).toEqual(['a', '1'])
    expect(readOn(text, cut)[1]).toEqual(['a', '1'])
  }
  expect(Object.isFrozen(readOn(text)[1])).toBe(true)
})

test('a list that nobody else has seen is kept as it is, whatever follows', () => {
  const reader = new HeadReader({ what: 'response', lenient: false, limit: LIMIT })
  for (let number = 0; number < 30; number++) {
    reader.begin(false)
    reader.read(bytes(`${OK}a: ${number}\r\n\r\n`), 0)
    expect(reader.takeFields()).toEqual(['a', `${number}`])
  }
})

test('what follows the head is not read', () => {
  const head = read([bytes(`${OK}a: 1\r\n\r\nbody`)])
  expect(head.end).toBe(`${OK}a: 1\r\n\r\n`.length)
  expect(head.status).toEqual({ minor: 1, status: 200, reason: 'OK' })
  expect(head.request).toBeUndefined()
})

test('a head without fields is one', () => {
  expect(fieldsOf('')).toEqual([])
})

test.each([
  ['a blank in front of the colon', 'a : 1\r\n'],
  ['a name that is not a token', 'a(b): 1\r\n'],
  ['no name', ': 1\r\n'],
  ['no colon', 'abc\r\n'],
  ['a NUL', 'a: \u0000\r\n'],
  ['a CR within a value', 'a: 1\r2\r\n'],
  ['a bare LF', 'a: 1\nb: 2\r\n'],
  ['a fold in front of all fields', ' a: 1\r\n'],
  ['a name beyond ASCII', '\u00e9: 1\r\n'],
])('[H-HTTP-11] %s is refused, however it is cut', (_name, text) => {
  const whole = bytes(`${OK}${text}\r\n`)
  expect(() => read([whole])).toThrow('not valid HTTP')
  for (let at = 1; at < whole.length; at++)
    expect(() => read(cutAt(whole, at))).toThrow('not valid HTTP')
  expect(() => read(Array.from(whole, (byte) => Uint8Array.of(byte)))).toThrow('not valid HTTP')
})

test('cut anywhere, also at each byte, it is the same head', () => {
  const whole = bytes(`${OK}Content-Type: text/plain\r\nfolded: a\r\n  b\r\nempty:\r\n\r\n`)
  const expected = read([whole]).takeFields()
  for (let first = 0; first < whole.length; first++) {
    for (let second = first; second < whole.length; second += 7)
      expect(read(cutAt(whole, first, second)).takeFields()).toEqual(expected)
  }
  expect(read(Array.from(whole, (byte) => Uint8Array.of(byte))).takeFields()).toEqual(expected)
})

test('lines may end with LF alone where that is allowed, and only there', () => {
  const text = bytes('HTTP/1.1 200 OK\na: 1\n b\r\nc: 2\n\nbody')
  expect(() => read([text])).toThrow('LF alone')
  const head = read([text], true)
  expect(head.takeFields()).toEqual(['a', '1 b', 'c', '2'])
  expect(head.end).toBe(text.length - 4)
})

test.each([
  ['a status line', 'HTTP/1.1 200 ', 'x'],
  ['a name', OK, 'x'],
  ['a value', `${OK}a: `, 'x'],
  ['fields', OK, 'a: 1\r\n'],
])(
  '[H-HTTP-09][HTTP-11] %s without end stops at the limit, in one piece or byte by byte',
  (_name, begin, more) => {
    const whole = bytes(begin + more.repeat(LIMIT))
    const error = { code: 'NET_PROTO_LIMIT', limit: LIMIT }
    expect(() => read([whole])).toThrow(expect.objectContaining(error))
    expect(() => read(Array.from(whole, (byte) => Uint8Array.of(byte)))).toThrow(
      expect.objectContaining(error),
    )
    expect(() => read([whole.subarray(0, LIMIT)])).not.toThrow()
  },
)

test('trailers have no first line, and a reader reads one head after the other', () => {
  const head = new HeadReader({ what: 'response', lenient: false, limit: LIMIT })
  head.begin(true)
  expect(head.isBegun).toBe(false)
  expect(head.read(bytes('a: 1\r\n'), 0)).toBe(-1)
  expect(head.isBegun).toBe(true)
  expect(head.read(bytes('\r\n'), 0)).toBe(2)
  expect(head.takeFields()).toEqual(['a', '1'])
  head.begin(false)
  expect(head.read(bytes(`..${OK}\r\n`), 2)).toBe(OK.length + 4)
})

test('empty lines in front of a request are ignored, in front of a response they are not', () => {
  const head = new HeadReader({ what: 'request', lenient: false, limit: LIMIT })
  head.begin(false)
  for (const byte of bytes('\r\n\r\nGET / HTTP/1.1\r\n\r\n')) head.read(Buffer.from([byte]), 0)
  expect(head.request).toEqual({ minor: 1, method: 'GET', target: '/' })
  expect(() => read([bytes(`\r\n${OK}\r\n`)])).toThrow('not valid HTTP')
})
