import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { sessionKey } from '../../src/tls/session-key.ts'

const { ca } = createCertificates()
const info = { endpoint: { scheme: 'tls', host: 'a.test', port: 1 }, hops: [], encrypted: false }

test('the key has no part that is secret, and none that changes nothing', () => {
  const key = sessionKey(info, 'a.test', { ca })
  expect(key).toMatch(/^[\w+/]{43}=$/)
  expect(sessionKey(info, 'a.test', { ca, keyLog: () => {}, passphrase: 'x' })).toBe(key)
  expect(
    sessionKey({ ...info, hops: [{ kind: 'socks5', endpoint: info.endpoint }] }, 'a.test', { ca }),
  ).not.toBe(key)
})
