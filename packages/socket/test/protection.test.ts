import { expect, test } from 'vitest'

import { isOnThisMachine, isProtected, type ConnectionInfo } from '@net/socket'

const at = (host: string, port = 21): { scheme: string; host: string; port: number } => ({
  scheme: 'tcp',
  host,
  port,
})

function info(asked: string, reached: string, more: Partial<ConnectionInfo> = {}): ConnectionInfo {
  return { endpoint: at(asked), remote: at(reached), hops: [], encrypted: false, ...more }
}

test('this machine is protected if it was asked for and reached', () => {
  expect(isOnThisMachine(info('localhost', '127.0.0.1'))).toBe(true)
  expect(isOnThisMachine(info('::1', '::1'))).toBe(true)
  expect(isOnThisMachine(info('example.com', '127.0.0.1'))).toBe(false)
  expect(isOnThisMachine(info('localhost', '192.0.2.1'))).toBe(false)
})

test('a hop ends the exemption', () => {
  const hops = [{ kind: 'socks5', endpoint: at('127.0.0.1', 1080) }]
  expect(isProtected(info('localhost', '127.0.0.1', { hops }))).toBe(false)
})

test('a Unix socket and memory are this machine', () => {
  const endpoint = { scheme: 'unix', host: '', port: 0, path: '/run/x' }
  expect(isProtected({ endpoint, hops: [], encrypted: false })).toBe(true)
  expect(
    isProtected({ endpoint: { ...at('peer'), scheme: 'memory' }, hops: [], encrypted: false }),
  ).toBe(true)
})

test('encryption protects anything', () => {
  expect(isProtected(info('example.com', '192.0.2.1', { encrypted: true }))).toBe(true)
  expect(isProtected(info('example.com', '192.0.2.1'))).toBe(false)
})

test('what is no info of a connection is refused', () => {
  for (const call of [isProtected, isOnThisMachine]) {
    expect(() => call('localhost' as never)).toThrow(
      expect.objectContaining({
        code: 'NET_BAD_OPTION',
        message: 'info must be the info of a connection, not a string',
      }),
    )
  }
})
