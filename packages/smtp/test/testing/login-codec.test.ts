import { expect, test } from 'vitest'

import { beginLogin, decoded } from '../../src/testing/login-codec.ts'

const accounts = { users: { ada: 'her password' }, tokens: { ada: 'her token' } }

test('takes PLAIN with and without a first answer', () => {
  const step = beginLogin('PLAIN', accounts)
  expect(step?.(undefined)).toEqual({ challenge: '' })
  expect(step?.(Buffer.from('\0ada\0her password'))).toEqual({ user: 'ada' })
  expect(step?.(Buffer.from('\0ada\0another'))).toBe('refused')
  expect(step?.(Buffer.from('ada'))).toBe('malformed')
  expect(beginLogin('UNKNOWN', accounts)).toBeUndefined()
})

test('takes LOGIN in two steps', () => {
  const step = beginLogin('LOGIN', accounts)
  expect(step?.(undefined)).toEqual({ challenge: 'Username:' })
  expect(step?.(Buffer.from('ada'))).toEqual({ challenge: 'Password:' })
  expect(step?.(Buffer.from('her password'))).toEqual({ user: 'ada' })
})

test('tells of a refused token before it refuses', () => {
  const step = beginLogin('XOAUTH2', accounts)
  const wrong = step?.(Buffer.from('user=ada\u0001auth=Bearer other\u0001\u0001'))
  expect(wrong).toMatchObject({ challenge: expect.stringContaining('"status":"400"') })
  expect(step?.(Buffer.alloc(0))).toBe('refused')
})

test('a line is base64 or nothing', () => {
  expect(decoded('YQ==')?.toString()).toBe('a')
  expect(decoded('=')?.length).toBe(0)
  expect(decoded('a b')).toBeUndefined()
})
