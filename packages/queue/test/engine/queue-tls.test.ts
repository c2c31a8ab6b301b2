import { openQueue } from '@net/queue'
import { expect, test } from 'vitest'

import { nodeTls } from '../../src/engine/queue-tls.ts'

const pem = '-----BEGIN CERTIFICATE-----'

test('the name of the host is asked for, unless it is an address or another one is given', () => {
  expect(nodeTls('redis.example')).toEqual({ servername: 'redis.example' })
  expect(nodeTls('127.0.0.1')).toEqual({})
  expect(nodeTls('127.0.0.1', { servername: 'redis.example' })).toEqual({
    servername: 'redis.example',
  })
})

test('what is given is what Node gets, and certificates are verified unless that is said', () => {
  expect(nodeTls('::1', { ca: pem, cert: pem, key: pem })).toEqual({
    ca: [pem],
    cert: pem,
    key: pem,
  })
  expect(nodeTls('::1', { dangerouslySkipVerification: true })).toEqual({
    rejectUnauthorized: false,
  })
})

test('options of TLS are for a URL that asks for it, and are what they should be', () => {
  expect(() => openQueue('q', { url: 'redis://localhost', tls: { ca: pem } })).toThrow('rediss:')
  const wrong = { url: 'rediss://localhost', tls: { ca: '/etc/ca.pem' } }
  expect(() => openQueue('q', wrong)).toThrow('tls.ca must be')
})
