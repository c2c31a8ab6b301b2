import { expect, test } from 'vitest'

import { settingOf, type Setting } from '../../src/cookies/setting.ts'
import { loadCookieRules } from '../../src/engine/tough-cookie.ts'

const rules = await loadCookieRules()
const day = 86_400_000

function from(url: string, line: string): Setting {
  const { hostname, pathname, protocol } = new URL(url)
  const isSecure = protocol === 'https:'
  return settingOf(
    line,
    { host: hostname, path: pathname, isSecure },
    { rules, now: 0, longest: 400 * day },
  )
}

test('[HTTP-39] a cookie has the domain, path and flags that its line says', () => {
  expect(
    from(
      'https://a.shop.example/x/y',
      'id=1; Domain=.Shop.Example; Path=/x; Secure; HttpOnly; SameSite=Lax; Max-Age=60',
    ),
  ).toEqual({
    name: 'id',
    value: '1',
    domain: 'shop.example',
    hostOnly: false,
    path: '/x',
    secure: true,
    httpOnly: true,
    sameSite: 'lax',
    expires: 60_000,
  })
  expect(from('https://shop.example/x/y', 'id=1')).toMatchObject({
    domain: 'shop.example',
    hostOnly: true,
    path: '/x',
    expires: undefined,
  })
})

test.each([
  ['a public suffix', 'https://a.co.uk/', 'a=1; Domain=co.uk', 'public suffix'],
  ['a public suffix in capitals', 'https://a.co.uk/', 'a=1; Domain=cO.uK', 'public suffix'],
  ['a suffix of one label', 'https://a.com/', 'a=1; Domain=com', 'public suffix'],
  ['a suffix with a dot at its end', 'https://a.com/', 'a=1; Domain=com.', 'another one'],
  ['another host', 'https://a.example/', 'a=1; Domain=b.example', 'another one'],
  ['a host below', 'https://a.example/', 'a=1; Domain=b.a.example', 'another one'],
  ['a domain with a port', 'https://a.example/', 'a=1; Domain=a.example:8080', 'another one'],
  ['a part of an address', 'http://127.0.0.1/', 'a=1; Domain=0.0.1', 'another one'],
  ['Secure over http', 'http://a.example/', 'a=1; Secure', 'Secure'],
  [
    '__Host- with a domain',
    'https://a.example/',
    '__Host-a=1; Secure; Path=/; Domain=a.example',
    'promises',
  ],
  ['__host- with a path', 'https://a.example/', '__host-a=1; Secure; Path=/x', 'promises'],
  ['__Secure- without Secure', 'https://a.example/', '__Secure-a=1', 'promises'],
  ['a value of 64 KB', 'https://a.example/', `a=${'x'.repeat(65_536)}`, 'too long'],
  ['a value of 5,000 bytes', 'https://a.example/', `a=${'x'.repeat(5000)}`, '4096'],
  ['a control character', 'https://a.example/', 'a=1\u0007', 'control'],
  ['no name', 'https://a.example/', 'nothing', 'cannot be read'],
])('[H-HTTP-22] %s is refused', (_what, url, line, why) => {
  expect(from(url, line)).toEqual({ refused: expect.stringContaining(why) as string })
})

test.each([
  ['a host of one label', 'http://build:8080/', 'a=1; Domain=build', 'build'],
  ['localhost', 'http://localhost/', 'a=1; Domain=localhost', 'localhost'],
  ['an address', 'http://127.0.0.1/', 'a=1; Domain=127.0.0.1', '127.0.0.1'],
  ['an address of IPv6', 'http://[::1]/', 'a=1; Domain=[::1]', '[::1]'],
  ['a public suffix that is a site', 'https://github.io/', 'a=1; Domain=github.io', 'github.io'],
])('%s may name itself, and gets the cookie alone', (_what, url, line, domain) => {
  expect(from(url, line)).toMatchObject({ domain, hostOnly: true })
})

test('a name of prototypes is a name as any other', () => {
  expect(from('https://a.example/', '__proto__=1')).toMatchObject({ name: '__proto__', value: '1' })
})

test('a cookie lives no longer than the longest that is allowed', () => {
  expect(from('https://a.example/', `a=1; Max-Age=${500 * 86_400}`)).toMatchObject({
    expires: 400 * day,
  })
  expect(from('https://a.example/', 'a=1; Max-Age=-1')).toMatchObject({ expires: -Infinity })
})

test('a path that is no path, or too long, counts as none', () => {
  expect(from('https://a.example/x/y', 'a=1; Path=x')).toMatchObject({ path: '/x' })
  expect(from('https://a.example/x/y', `a=1; Path=/${'p'.repeat(2000)}`)).toMatchObject({
    path: '/x',
  })
})
