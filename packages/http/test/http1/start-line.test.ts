import { expect, test } from 'vitest'

import {
  endOf,
  endOfLine,
  endOfText,
  headTooLong,
  refuseOther,
  requestLine,
  statusLine,
} from '../../src/http1/start-line.ts'
import { TOKEN } from '../../src/http1/syntax.ts'

import { bytes } from './heard.ts'

const status = (line: string): unknown => statusLine(bytes(line), 0, line.length)
const request = (line: string): unknown => requestLine(bytes(line), 0, line.length)

test.each([
  ['HTTP/1.1 200 OK', 1, 200, 'OK'],
  ['HTTP/1.0 404 Not Found', 0, 404, 'Not Found'],
  ['HTTP/1.1 200 ', 1, 200, ''],
  // Some servers leave the blank away where there is no reason.
  ['HTTP/1.1 204', 1, 204, ''],
  // A later version of HTTP/1 is read as the latest that we know (RFC 9110 section 2.5).
  ['HTTP/1.7 200 OK', 1, 200, 'OK'],
  ['HTTP/1.1 999 Request denied', 1, 999, 'Request denied'],
])('%s is a status line', (line, minor, code, reason) => {
  expect(status(line)).toEqual({ minor, status: code, reason })
})

test.each([
  'HTTP/2.0 200 OK',
  'HTTP/1. 200 OK',
  'http/1.1 200 OK',
  'HTTP/1.1  200 OK',
  'HTTP/1.1 20 OK',
  'HTTP/1.1 2000 OK',
  'HTTP/1.1 099 OK',
  'HTTP/1.1 -20 OK',
  'HTTP/1.1',
  'ICY 200 OK',
  '',
])('%j is no status line', (line) => {
  expect(() => status(line)).toThrow('not valid HTTP')
})

test.each([
  ['GET / HTTP/1.1', 1, 'GET', '/'],
  ['OPTIONS * HTTP/1.0', 0, 'OPTIONS', '*'],
  ['CONNECT host:443 HTTP/1.1', 1, 'CONNECT', 'host:443'],
])('%s is a request line', (line, minor, method, target) => {
  expect(request(line)).toEqual({ minor, method, target })
})

test.each([
  'GET /',
  'GET  / HTTP/1.1',
  'GET / HTTP/1.1 ',
  'GET / a HTTP/1.1',
  'GET / HTTP/2.0',
  'G{T / HTTP/1.1',
  ' GET / HTTP/1.1',
])('%j is no request line', (line) => {
  expect(() => request(line)).toThrow('not valid HTTP')
})

test('a line ends with CRLF; with LF alone only where that is allowed', () => {
  const strict = { what: 'response', lenient: false } as const
  expect(endOfLine(bytes('a\r\n'), 1, strict)).toBe(3)
  expect(endOfLine(bytes('a\r'), 1, strict)).toBe(-1)
  expect(() => endOfLine(bytes('a\rb'), 1, strict)).toThrow('a CR without LF')
  expect(() => endOfLine(bytes('a\n'), 1, strict)).toThrow('LF alone')
  expect(() => endOfLine(bytes('a\u0001'), 1, strict)).toThrow('a control character')
  expect(endOfLine(bytes('a\n'), 1, { what: 'response', lenient: true })).toBe(2)
})

test('bytes that cannot become a status line are refused before the line ends', () => {
  for (const begin of ['', 'H', 'HTTP/1.', 'HTTP/1.1 2'])
    expect(() => refuseOther(bytes(begin), 0, 'response')).not.toThrow()
  for (const begin of ['S', 'HTTP/2', 'HTTPS'])
    expect(() => refuseOther(bytes(begin), 0, 'response')).toThrow('no HTTP version')
  expect(() => refuseOther(bytes('S'), 0, 'request')).not.toThrow()
})

test('the end of what a table allows is found', () => {
  expect(endOf(TOKEN, bytes('abc: d'), 0)).toBe(3)
  expect(endOf(TOKEN, bytes('abc'), 1)).toBe(3)
  expect(endOfText(bytes('a b\r'), 0)).toBe(3)
})

test('a head that is too long says how long it may be', () => {
  expect(headTooLong('response', 9)).toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 9 })
})
