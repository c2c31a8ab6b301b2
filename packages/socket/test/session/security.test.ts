import { parseEndpoint, type Endpoint } from '@net/core'
import type { ConnectionInfo } from '@net/socket'
import { expect, test } from 'vitest'

import { checkSecurity, requireProtection, securityFor } from '@net/socket/authoring'

const remote: Endpoint = { scheme: 'smtp', host: 'mail.example.com', port: 587 }
const local: Endpoint = { scheme: 'smtp', host: '127.0.0.1', port: 587 }

function reached(endpoint: Endpoint, more: Partial<ConnectionInfo> = {}): ConnectionInfo {
  return { endpoint, hops: [], encrypted: false, ...more }
}

test('[SMTP-04] TLS is required where nothing is said, by its scheme implicit, on this machine opportunistic', () => {
  const unix = parseEndpoint('unix:/run/mail').endpoint
  const localhost = { ...local, host: 'localhost' }
  expect(securityFor(reached(remote), undefined)).toBe('required')
  expect(securityFor(reached({ ...remote, scheme: 'smtps' }), undefined)).toBe('implicit')
  expect(securityFor(reached({ ...local, scheme: 'smtps' }), undefined)).toBe('implicit')
  expect(securityFor(reached(local), undefined)).toBe('opportunistic')
  expect(securityFor(reached(localhost, { remote: local }), undefined)).toBe('opportunistic')
  expect(securityFor(reached(unix), undefined)).toBe('opportunistic')
  expect(securityFor(reached(local), 'required')).toBe('required')
  expect(securityFor(reached(remote), 'off')).toBe('off')
  expect(securityFor(reached(remote), undefined, 'opportunistic')).toBe('opportunistic')
})

test('what was reached decides, whatever the URL calls it', () => {
  const hops = [{ kind: 'socks5', endpoint: local }] as const
  expect(securityFor(reached(local, { remote }), undefined)).toBe('required')
  expect(securityFor(reached(remote, { remote: local }), undefined)).toBe('required')
  expect(securityFor(reached(local, { hops }), undefined)).toBe('required')
  expect(securityFor(reached(local, { hops, encrypted: true }), undefined)).toBe('opportunistic')
  expect(securityFor(reached(remote, { hops, encrypted: true }), undefined)).toBe('required')
})

test('refuses smtps without TLS from the first byte', () => {
  const bad = expect.objectContaining({ code: 'NET_BAD_OPTION' })
  expect(() => checkSecurity({ ...remote, scheme: 'smtps' }, 'required')).toThrow(bad)
  expect(() => checkSecurity({ ...remote, scheme: 'smtps' }, 'off')).toThrow(bad)
  expect(() => checkSecurity({ ...remote, scheme: 'smtps' }, 'implicit')).not.toThrow()
  expect(() => checkSecurity(remote, undefined)).not.toThrow()
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
