import { inspect } from 'node:util'

import { isSecret, NetError, secret, type Secret } from '@net/core'
import { redact } from '@net/core/authoring'
import { canary, expectNoCanary } from '@tools/canary'
import { expect, test } from 'vitest'

test('[H-CORE-19] prints as [secret] everywhere', () => {
  const value = secret(canary('printed'))
  expect(String(value)).toBe('[secret]')
  expect(value.toString()).toBe('[secret]')
  expect(inspect({ value }, { showHidden: true })).toContain('value: [secret]')
  expect(JSON.stringify({ value })).toBe('{"value":"[secret]"}')
  expect(Object.keys(value)).toEqual([])
  expectNoCanary(value)
  expect(value.reveal()).toBe(canary('printed'))
})

test('[H-CORE-19] is struck out of errors by value, in clear and encoded, also of what a peer echoes', () => {
  const password = canary('echoed')
  const held = secret(password)
  const base64 = Buffer.from(password).toString('base64')
  const error = new NetError('NET_AUTH_REJECTED', {
    message: `the peer said: bad password ${password} (${base64})`,
    reply: { status: 530, text: `no ${password}` },
  })
  expectNoCanary(error)
  expect(error.message).toContain('bad password [secret] ([secret])')
  expect(redact(`x${encodeURIComponent(password)}`)).toBe('x[secret]')
  expect(isSecret(held)).toBe(true)
})

test('passes a secret on, and refuses anything but text', () => {
  const value = secret('a')
  expect(secret(value)).toBe(value)
  for (const wrong of [1, null, undefined, {}]) {
    expect(() => secret(wrong as string)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  }
})

test('is known by its brand, so that another copy of the package makes secrets too', () => {
  const foreign = { reveal: () => 'x', [Symbol.for('net.secret')]: true }
  expect(isSecret(foreign)).toBe(true)
  expect(secret(foreign as unknown as Secret)).toBe(foreign)
  expect(isSecret({ reveal: () => 'x' })).toBe(false)
  expect(isSecret('x')).toBe(false)
})
