import { parseEndpoint, type Endpoint } from '@net/core'
import { expect, test } from 'vitest'

import { requireProtection, securityFor, type Security } from '../src/security.ts'

const remote: Endpoint = { scheme: 'smtp', host: 'mail.example.com', port: 587 }
const local: Endpoint = { scheme: 'smtp', host: '127.0.0.1', port: 587 }

test('[SMTP-04] TLS is required where nothing is said, by its scheme implicit, on loopback opportunistic', () => {
  expect(securityFor(remote, undefined)).toBe('required')
  expect(securityFor({ ...remote, scheme: 'smtps' }, undefined)).toBe('implicit')
  expect(securityFor(local, undefined)).toBe('opportunistic')
  expect(securityFor({ ...local, host: 'localhost' }, undefined)).toBe('opportunistic')
  expect(securityFor(parseEndpoint('unix:/run/mail').endpoint, undefined)).toBe('opportunistic')
  expect(securityFor(local, 'required')).toBe('required')
  expect(securityFor(remote, 'off')).toBe('off')
})

test('refuses words that mean nothing, and smtps without TLS', () => {
  const bad = expect.objectContaining({ code: 'NET_BAD_OPTION' })
  expect(() => securityFor(remote, 'maybe' as Security)).toThrow(bad)
  expect(() => securityFor({ ...remote, scheme: 'smtps' }, 'off')).toThrow(bad)
})

test('[SMTP-17] a password needs a protected connection', () => {
  const refused = expect.objectContaining({ code: 'NET_TLS_UNAVAILABLE' })
  const plain = { hops: [], encrypted: false } as const
  const hop = { kind: 'socks5', endpoint: local } as const
  expect(() => requireProtection({ ...plain, endpoint: remote }, undefined)).toThrow(refused)
  expect(() => requireProtection({ ...plain, endpoint: local, hops: [hop] }, undefined)).toThrow(
    refused,
  )
  expect(() => requireProtection({ ...plain, endpoint: local, remote }, undefined)).toThrow(refused)
  expect(() => requireProtection({ ...plain, endpoint: remote, remote: local }, undefined)).toThrow(
    refused,
  )
  expect(() => requireProtection({ ...plain, endpoint: local, remote: local }, false)).toThrow(
    refused,
  )
  expect(() =>
    requireProtection({ ...plain, endpoint: local, remote: local }, undefined),
  ).not.toThrow()
  expect(() => requireProtection({ ...plain, endpoint: remote }, true)).not.toThrow()
  expect(() =>
    requireProtection({ ...plain, endpoint: remote, encrypted: true }, false),
  ).not.toThrow()
})
