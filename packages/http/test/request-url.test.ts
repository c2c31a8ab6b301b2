import { canary, expectNoCanary } from '@tools/canary'
import { expect, test } from 'vitest'

import { baseUrl, requestUrl } from '../src/request-url.ts'

const none = (): [] => []

test.each([
  ['https://host/v1', '/users', 'https://host/v1/users'],
  ['https://host/v1/', 'users', 'https://host/v1/users'],
  ['https://host', '/users?x=1', 'https://host/users?x=1'],
  ['https://host/v1', '?x=1', 'https://host/v1?x=1'],
  ['https://host/v1', '', 'https://host/v1'],
  ['https://host/v1', 'https://other/x', 'https://other/x'],
  ['https://host/v1', '//other/x', 'https://host/v1//other/x'],
])('[HTTP-03] the base %s and %s give %s', (base, input, expected) => {
  expect(requestUrl(input, baseUrl(base).url, none).url.href).toBe(expected)
})

test('[HTTP-07] parameters join those of the URL, in order', () => {
  const { url } = requestUrl('http://host/?a=1', undefined, () => [{ a: 2 }, { b: ['x', 'y'] }])
  expect(url.href).toBe('http://host/?a=1&a=2&b=x&b=y')
})

test('credentials and fragment are taken out', () => {
  const password = canary('url')
  const asked = requestUrl(`https://ada%40x:${password}@host/a#top`, undefined, none)
  expect(asked.url.href).toBe('https://host/a')
  expect(asked.user).toBe('ada@x')
  expect(asked.password?.reveal()).toBe(password)
  expectNoCanary(asked)
})

test.each([
  ['a path without a base', '/users'],
  ['another scheme', 'ftp://host/'],
  ['a script', 'javascript:alert(1)'],
  ['no host', 'http://'],
  ['nonsense', 'http://[::1'],
])('%s is refused', (_name, input) => {
  expect(() => requestUrl(input, undefined, none)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_URL' }),
  )
})

test.each(['http://host/a\r\nb', 'http://host/\u0000', 'http://ho\tst/'])(
  '[H-CORE-01] control characters are refused, and not repeated',
  (text) => {
    const password = canary('crlf')
    try {
      requestUrl(text.replace('//', `//u:${password}@`), undefined, none)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'NET_INJECTION' })
      expectNoCanary(error)
    }
  },
)

test('a base with a query is refused', () => {
  expect(() => baseUrl('https://host/?a=1')).toThrow(
    expect.objectContaining({ code: 'NET_BAD_URL' }),
  )
})
