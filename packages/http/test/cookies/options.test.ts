import { createClient, createCookieJar, HttpHeaders } from '@net/http'
import { expect, test } from 'vitest'

import { jarOf, withCookies } from '../../src/cookies/options.ts'

test('true means a jar of its own', () => {
  const jar = createCookieJar()
  expect([jarOf(undefined), jarOf(false), jarOf(jar)]).toEqual([undefined, undefined, jar])
  expect(jarOf(true)).toMatchObject({ header: expect.any(Function) as unknown })
})

test('cookies are written behind those that are there', () => {
  const none = HttpHeaders.none
  expect(withCookies(none, {})).toBe(none)
  expect(withCookies(none, { a: '1', b: '2' }).get('cookie')).toBe('a=1; b=2')
  expect(withCookies(new HttpHeaders({ cookie: 'c=3' }), { a: '1' }).get('cookie')).toBe('c=3; a=1')
})

test('what is no jar is refused by its name', () => {
  expect(() => createClient({ cookies: 'jar.txt' as never })).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: expect.stringContaining('createCookieJar') as string,
    }),
  )
})
