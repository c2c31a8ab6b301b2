import { expect, test } from 'vitest'

import { HttpHeaders } from '../src/headers.ts'
import {
  answerFields,
  extensionsIn,
  requestFields,
  termsOf,
  webSocketRequest,
} from '../src/web-socket-handshake.ts'

// The example of RFC 6455 section 1.3.
const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
const asked = { key: KEY, protocols: ['chat', 'log'], compress: true }
const answered = (fields: Readonly<Record<string, string>>): HttpHeaders =>
  new HttpHeaders({ 'sec-websocket-accept': ACCEPT, ...fields })

test('a request has a key of its own, and asks only for what is wanted', () => {
  const [first, second] = [webSocketRequest([], false), webSocketRequest([], false)]
  expect(Buffer.from(first.key, 'base64')).toHaveLength(16)
  expect(first.key).not.toBe(second.key)
  expect(Object.keys(requestFields(first))).toEqual(['sec-websocket-version', 'sec-websocket-key'])
  expect(requestFields(asked)).toMatchObject({
    'sec-websocket-version': '13',
    'sec-websocket-protocol': 'chat, log',
    'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits',
  })
})

test('what a server agreed to', () => {
  expect(termsOf(answered({}), asked)).toEqual({ protocol: '', deflate: undefined })
  const all = answered({
    'sec-websocket-protocol': 'log',
    'sec-websocket-extensions':
      'permessage-deflate; client_max_window_bits="12"; server_no_context_takeover',
  })
  expect(termsOf(all, asked)).toEqual({
    protocol: 'log',
    deflate: { client_max_window_bits: '12', server_no_context_takeover: true },
  })
})

test.each<[string, Readonly<Record<string, string>>]>([
  ['another key', { 'sec-websocket-accept': 'AAAA' }],
  ['a sub-protocol', { 'sec-websocket-protocol': 'other' }],
  ['an extension', { 'sec-websocket-extensions': 'x-own' }],
  ['two extensions', { 'sec-websocket-extensions': 'permessage-deflate, x-own' }],
  ['a parameter', { 'sec-websocket-extensions': 'permessage-deflate; x=1' }],
  ['a window', { 'sec-websocket-extensions': 'permessage-deflate; server_max_window_bits=16' }],
])('%s that was not asked for is refused', (_, fields) => {
  expect(() => termsOf(answered(fields), asked)).toThrow(
    expect.objectContaining({ code: 'NET_PROTO_UNEXPECTED' }) as Error,
  )
})

test('compression that was not asked for is refused', () => {
  const headers = answered({ 'sec-websocket-extensions': 'permessage-deflate' })
  expect(() => termsOf(headers, { ...asked, compress: false })).toThrow(
    expect.objectContaining({ code: 'NET_PROTO_UNEXPECTED' }) as Error,
  )
})

test('the answer of a server', () => {
  expect(answerFields(KEY, 'chat', true)).toMatchObject({
    'sec-websocket-accept': ACCEPT,
    'sec-websocket-protocol': 'chat',
  })
  expect(termsOf(new HttpHeaders(answerFields(KEY, undefined, true)), asked).deflate).toEqual({
    server_no_context_takeover: true,
    client_no_context_takeover: true,
  })
  expect(extensionsIn(' A ; B = "c" ,, d')).toEqual([
    { name: 'a', params: { b: 'c' } },
    { name: 'd', params: {} },
  ])
})
