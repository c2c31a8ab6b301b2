import { netError, redact } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { encodeParams, hasSecretParams, protectParams } from '../src/params.ts'

test('values of every kind, lists and pairs', () => {
  expect(encodeParams({ a: 'x y', b: 1, c: true, d: 10n, e: null, f: undefined })).toBe(
    'a=x+y&b=1&c=true&d=10',
  )
  expect(encodeParams({ tag: ['a', 'b', null] })).toBe('tag=a&tag=b')
  expect(
    encodeParams([
      ['a', 1],
      ['a', 2],
    ]),
  ).toBe('a=1&a=2')
  expect(encodeParams(new URLSearchParams('a=1&a=2'))).toBe('a=1&a=2')
  expect(encodeParams({ q: 'ä&=\r\n' })).toBe('q=%C3%A4%26%3D%0D%0A')
})

test('what has no text of its own is refused', () => {
  const object = { toString: () => 'x' } as unknown as string
  expect(() => encodeParams({ a: object })).toThrow(
    expect.objectContaining({ code: netError('NET_BAD_OPTION', { message: '' }).code }),
  )
})

test('secret parameters are struck out of texts', () => {
  const holder = {}
  protectParams('?page=seven77&api_key=k3y-of-mine', holder)
  expect(redact('seven77 k3y-of-mine')).toBe('seven77 [secret]')
  expect(holder).toEqual({})
})

test('a parameter is secret by its name, in whatever way that is written', () => {
  expect(hasSecretParams('?page=1&to%6ben=x')).toBe(true)
  expect(hasSecretParams('?page=1')).toBe(false)
})
