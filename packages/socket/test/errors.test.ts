import { translate } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { handshakeErrors, socketErrors } from '../src/errors.ts'

test('the same errno means another thing on another call', () => {
  const code = (errno: string, syscall: string) =>
    translate(fault(errno, syscall), socketErrors, {}).code
  expect(code('ETIMEDOUT', 'read')).toBe('NET_TIMEOUT_KEEPALIVE')
  expect(code('ETIMEDOUT', 'connect')).toBe('NET_TIMEOUT_CONNECT')
  expect(code('ENOENT', 'connect')).toBe('NET_CONNECT_REFUSED')
  expect(code('EACCES', 'connect')).toBe('NET_CONNECT_UNREACHABLE')
  expect(code('EACCES', 'listen')).toBe('NET_BIND_DENIED')
  expect(code('EADDRNOTAVAIL', 'listen')).toBe('NET_BIND_DENIED')
  expect(code('EADDRNOTAVAIL', 'connect')).toBe('NET_CONNECT_UNREACHABLE')
  expect(code('EADDRINUSE', 'listen')).toBe('NET_BIND_IN_USE')
  expect(code('EINVAL', 'bind')).toBe('NET_BAD_OPTION')
  expect(code('ECONNRESET', 'read')).toBe('NET_CONN_RESET')
  expect(translate(fault('ECONNRESET', 'connect'), socketErrors, {}).retry).toBe('safe')
})

test('a peer that leaves during the handshake can be tried again', () => {
  const error = translate(fault('ECONNRESET', 'read'), handshakeErrors, {})
  expect([error.code, error.retry]).toEqual(['NET_CONN_RESET', 'safe'])
  expect(translate(fault('ECONNRESET', 'read'), socketErrors, {}).retry).toBe('idempotent')
})

function fault(code: string, syscall: string): Error {
  return Object.assign(new Error(code), { code, syscall })
}
