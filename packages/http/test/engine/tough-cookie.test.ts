import { expect, test } from 'vitest'

import { loadCookieRules } from '../../src/engine/tough-cookie.ts'

const rules = await loadCookieRules()

test('a line is read into its parts', () => {
  expect(rules.read('a=b=c; Path=/x; Domain=.A.example; Max-Age=1; Secure', 1000)).toEqual({
    name: 'a',
    value: 'b=c',
    domain: 'a.example',
    path: '/x',
    secure: true,
    httpOnly: false,
    sameSite: undefined,
    expires: 2000,
  })
})

test.each([
  ['Expires=Thu, 01 Jan 1970 00:00:10 GMT', 10_000],
  ['Expires=Thursday, 01-Jan-70 00:00:10 GMT', 10_000],
  ['Expires=soon', undefined],
  ['Max-Age=0', -Infinity],
  ['Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:10 GMT', 5000],
])('%s ends at %s', (attribute, expires) => {
  expect(rules.read(`a=1; ${attribute}`, 0)?.expires).toBe(expires)
})

test('what has no name is no cookie', () => {
  expect(rules.read('', 0)).toBeUndefined()
  expect(rules.read('nothing', 0)).toBeUndefined()
})

test.each([
  ['co.uk', true],
  ['github.io', true],
  ['com', true],
  ['shop.example', false],
  ['a.co.uk', false],
])('%s is shared by many owners: %s', (domain, expected) => {
  expect(rules.isPublic(domain)).toBe(expected)
})
