import { expect, test } from 'vitest'

import {
  isKept,
  keptFor,
  notesOf,
  requestFraming,
  responseFraming,
  type Notes,
} from '../../src/http1/framing.ts'

const notes = (...fields: readonly string[]): Notes => notesOf(fields, 'response')
const length = (value: string): Notes => notes('Content-Length', value)
const coded = (value: string): Notes => notes('TRANSFER-ENCODING', value)

test('names are compared without case, others are not looked at', () => {
  const found = notes('content-lengtH', '5', 'x-other-header', '6', 'HOST', 'a', 'Upgrade', 'h2c')
  expect(found).toMatchObject({ length: 5, hosts: 1, upgrades: true, codings: undefined })
})

test('the same length several times is one (RFC 9110 section 8.6)', () => {
  expect(length('5, 5').length).toBe(5)
  expect(notes('content-length', '5', 'date', 'x', 'Content-Length', '5').length).toBe(5)
})

test.each(['5, 6', '+5', '-1', '0x5', '5 5', '', '5,', '1180591620717411303424', '5.0', '٥'])(
  '[H-HTTP-10] the length %j is refused',
  (value) => {
    expect(() => length(value)).toThrow('not valid HTTP')
  },
)

test.each([
  ['HEAD', 200, length('5'), 0],
  ['GET', 204, length('5'), 0],
  ['GET', 304, length('5'), 0],
  ['GET', 200, length('5'), 5],
  ['GET', 200, length('0'), 0],
  ['GET', 200, coded('Chunked'), 'chunked'],
  ['HEAD', 200, coded('chunked'), 0],
  ['GET', 200, coded('identity'), 'close'],
  ['GET', 200, notes(), 'close'],
] as const)(
  'the body of an answer to %s with %i ends as its head says',
  (method, status, found, end) => {
    expect(responseFraming(method, status, found)).toBe(end)
  },
)

test.each(['chunked, identity', 'gzip, chunked', 'xchunked', 'chunked, chunked', 'gzip', ''])(
  '[H-HTTP-10] the transfer coding %j of an answer is refused',
  (value) => {
    expect(() => responseFraming('GET', 200, coded(value))).toThrow('an unknown transfer coding')
  },
)

test('[H-HTTP-10] a length and a transfer coding are refused together', () => {
  const both = notes('content-length', '5', 'transfer-encoding', 'chunked')
  expect(() => responseFraming('GET', 200, both)).toThrow('both')
  expect(() => responseFraming('HEAD', 200, both)).toThrow('both')
  expect(() => requestFraming(1, { ...both, hosts: 1 })).toThrow('both')
})

test('a request has no body unless it says so, and a coding only in HTTP/1.1', () => {
  const host = (...fields: readonly string[]): Notes => notesOf(['host', 'a', ...fields], 'request')
  expect(requestFraming(1, host())).toBe(0)
  expect(requestFraming(1, host('content-length', '7'))).toBe(7)
  expect(requestFraming(1, host('transfer-encoding', 'chunked'))).toBe('chunked')
  expect(() => requestFraming(0, host('transfer-encoding', 'chunked'))).toThrow('HTTP/1.0')
  expect(() => requestFraming(1, host('transfer-encoding', 'identity'))).toThrow('unknown')
})

test('a request has one Host; in HTTP/1.0 it may have none', () => {
  expect(requestFraming(0, notesOf([], 'request'))).toBe(0)
  expect(() => requestFraming(1, notesOf([], 'request'))).toThrow('Host')
  expect(() => requestFraming(0, notesOf(['host', 'a', 'Host', 'a'], 'request'))).toThrow('Host')
})

test('a connection is kept as version and Connection say', () => {
  const says = (value: string): Notes => notes('Connection', value)
  expect(isKept(1, notes())).toBe(true)
  expect(isKept(0, notes())).toBe(false)
  expect(isKept(1, says('Close'))).toBe(false)
  expect(isKept(1, says('upgrade, close'))).toBe(false)
  expect(isKept(1, says('closed'))).toBe(true)
  expect(isKept(0, says('Keep-Alive'))).toBe(true)
  expect(isKept(0, notes('connection', 'keep-alive', 'transfer-encoding', 'chunked'))).toBe(false)
})

test('Keep-Alive tells for how long', () => {
  expect(keptFor(notes('Keep-Alive', 'timeout=5, max=100'))).toBe(5000)
  expect(keptFor(notes('Keep-Alive', 'max=100'))).toBeUndefined()
  expect(keptFor(notes('Keep-Alive', 'timeout=99999999999'))).toBeUndefined()
  expect(keptFor(notes())).toBeUndefined()
})
