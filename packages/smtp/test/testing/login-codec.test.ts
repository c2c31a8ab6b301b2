import { expect, test } from 'vitest'

import { decodeLogin, decodePlain } from '../../src/testing/login-codec.ts'

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

test('reads PLAIN', () => {
  expect(decodePlain(base64('\0ada\0pass'))).toEqual({ user: 'ada', password: 'pass' })
  expect(decodePlain(base64('ada'))).toBeUndefined()
  expect(decodePlain('***')).toBeUndefined()
})

test('reads LOGIN in two steps', () => {
  const second = decodeLogin()(base64('ada'))
  expect(typeof second === 'function' && second(base64('pass'))).toEqual({
    user: 'ada',
    password: 'pass',
  })
  expect(typeof second === 'function' && second('*')).toBeUndefined()
  expect(decodeLogin()('*')).toBeUndefined()
})
