import { expect, test } from 'vitest'

import {
  closeOptions,
  handshakeUrl,
  webSocketOptions,
  type WebSocketClose,
  type WebSocketOptions,
} from '../src/web-socket-options.ts'

const refused = expect.objectContaining({ code: 'NET_BAD_OPTION' }) as Error

test('what holds if nothing is said', () => {
  expect(webSocketOptions(undefined)).toMatchObject({
    protocols: [],
    maxMessageBytes: 16_777_216,
    compress: false,
    keepAlive: { interval: 30_000, timeout: 30_000 },
  })
  expect(webSocketOptions({ keepAlive: false }).keepAlive).toBeUndefined()
  expect(webSocketOptions({ keepAlive: { interval: 5 } }).keepAlive).toEqual({
    interval: 5,
    timeout: 30_000,
  })
  expect(closeOptions(undefined)).toEqual({ code: 1000, reason: '', grace: 2000 })
})

test.each<[string, unknown]>([
  ['a sub-protocol that is no token', { protocols: ['a b'] }],
  ['the same sub-protocol twice', { protocols: ['a', 'a'] }],
  ['an unknown name', { perMessageDeflate: true }],
  ['no object', 5],
])('%s', (_, options) => {
  expect(() => webSocketOptions(options as WebSocketOptions)).toThrow(refused)
})

test.each<[string, WebSocketClose]>([
  ['a code that only the protocol uses', { code: 1006 }],
  ['a code of others', { code: 2000 }],
  ['a reason that is too long', { reason: 'ü'.repeat(62) }],
])('%s', (_, options) => {
  expect(() => closeOptions(options)).toThrow(refused)
})

test('the handshake goes to a URL of HTTP', () => {
  expect(handshakeUrl('ws://host/a')).toBe('http://host/a')
  expect(handshakeUrl(new URL('wss://host/a'))).toBe('https://host/a')
  expect(handshakeUrl('/path')).toBe('/path')
  expect(String(handshakeUrl(new URL('https://host/a')))).toBe('https://host/a')
})
