import { expect, test } from 'vitest'

import {
  cookieOf,
  defaultPath,
  domainsOf,
  cookieHost,
  isAddress,
  isBelow,
  isPair,
} from '../../src/cookies/cookie.ts'

test('what is left out of a cookie has its plainest value', () => {
  expect(cookieOf({ name: 'a', value: '1', domain: '.Shop.Example' })).toEqual({
    name: 'a',
    value: '1',
    domain: 'shop.example',
    hostOnly: true,
    path: '/',
    secure: false,
    httpOnly: false,
    sameSite: undefined,
    expires: undefined,
  })
})

test.each([
  ['a name with a semicolon', 'a;b', '1'],
  ['no name', '', '1'],
  ['a value with a line break', 'a', '1\r\nx: 2'],
])('%s is refused', (_what, name, value) => {
  expect(isPair(name, value)).toBe(false)
  expect(() => cookieOf({ name, value, domain: 'shop.example' })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})

test.each([
  ['no domain', { domain: '.' }],
  ['a domain that a file takes for a comment', { domain: '#shop.example' }],
  ['a domain with a tab', { domain: 'shop.example\tTRUE' }],
  ['a path that begins with no slash', { path: 'shop' }],
  ['a path that would be a line of its own in a file', { path: '/\nb.example\tTRUE\t/' }],
])('%s is refused', (_what, fields) => {
  const cookie = { name: 'a', value: '1', domain: 'shop.example', ...fields }
  expect(() => cookieOf(cookie)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
})

test('hosts are compared in lower case and without the dot at their end', () => {
  expect(cookieHost('Shop.Example.')).toBe('shop.example')
})

test('a name has domains above it, an address none', () => {
  expect(domainsOf('a.b.example')).toEqual(['a.b.example', 'b.example', 'example'])
  expect(domainsOf('127.0.0.1')).toEqual(['127.0.0.1'])
  expect([isAddress('[::1]'), isAddress('1.2.3.4'), isAddress('build')]).toEqual([
    true,
    true,
    false,
  ])
})

test.each([
  ['/shop/cart', '/shop', true],
  ['/shop', '/shop', true],
  ['/shop/', '/shop/', true],
  ['/shopping', '/shop', false],
  ['/anything', '/', true],
])('%s is below %s: %s', (path, cookiePath, expected) => {
  expect(isBelow(path, cookiePath)).toBe(expected)
})

test.each([
  ['/', '/'],
  ['/login', '/'],
  ['/shop/login', '/shop'],
])('the default path for %s is %s', (path, expected) => {
  expect(defaultPath(path)).toBe(expected)
})
