import { inspect } from 'node:util'

import { useFakeClock } from '@net/core/testing'
import { createCookieJar, type CookieJar } from '@net/http'
import { expect, test } from 'vitest'

async function readyJar(options?: Parameters<typeof createCookieJar>[0]): Promise<CookieJar> {
  const jar = createCookieJar(options)
  await jar.ready()
  return jar
}

const names = (jar: CookieJar): string[] => [...jar].map(({ name }) => name)

test('[HTTP-39] a cookie goes back to the hosts and paths that it is for', async () => {
  const jar = await readyJar()
  jar.learn('https://shop.example/a/b', [
    'host=1',
    'all=2; Domain=shop.example; Path=/',
    'deep=3; Path=/a/b',
    'safe=4; Secure; Path=/',
  ])
  expect(jar.header('https://shop.example/a/b?x=1')).toBe('deep=3; host=1; all=2; safe=4')
  expect(jar.header('https://shop.example/')).toBe('all=2; safe=4')
  expect(jar.header('https://www.shop.example/')).toBe('all=2')
  expect(jar.header('http://shop.example/a/b')).toBe('deep=3; host=1; all=2')
  expect(jar.header('https://other.example/')).toBeUndefined()
  expect(jar.cookiesFor('https://www.shop.example/').map(({ name }) => name)).toEqual(['all'])
})

test('[HTTP-39] a cookie ends with its time, and when the server ends it', async () => {
  using clock = useFakeClock()
  const jar = await readyJar()
  jar.learn('https://a.example/', ['short=1; Max-Age=60', 'long=2; Max-Age=600'])
  expect(jar.header('https://a.example/')).toBe('short=1; long=2')
  await clock.advance(60_000)
  expect(jar.header('https://a.example/')).toBe('long=2')
  expect(names(jar)).toEqual(['long'])
  jar.learn('https://a.example/', ['long=; Max-Age=0'])
  expect(jar.header('https://a.example/')).toBeUndefined()
})

test('a cookie that is set anew keeps its place', async () => {
  const jar = await readyJar()
  jar.learn('https://a.example/', ['a=1', 'b=2', 'a=3'])
  expect(jar.header('https://a.example/')).toBe('a=3; b=2')
})

test('[H-HTTP-22] http does not take the place of a Secure cookie', async () => {
  const jar = await readyJar()
  jar.learn('https://a.example/', ['id=1; Secure; Path=/'])
  expect(jar.learn('http://a.example/x', ['id=2', 'other=3'])).toEqual([
    { name: 'id', refused: expect.stringContaining('Secure') as string },
    { name: 'other', refused: undefined },
  ])
  expect(jar.header('https://a.example/x')).toBe('id=1; other=3')
})

test('[H-HTTP-22] of 20,000 cookies of a domain 180 are kept, and a header is at most 8 KB', async () => {
  const jar = await readyJar()
  jar.learn(
    'https://a.example/',
    Array.from({ length: 20_000 }, (_, at) => `c${at}=${'v'.repeat(100)}`),
  )
  expect([...jar]).toHaveLength(180)
  expect(names(jar)[0]).toBe('c19820')
  expect(jar.header('https://a.example/')!.length).toBeLessThanOrEqual(8190)
})

test('of many domains 3,000 cookies are kept, the latest ones', async () => {
  const jar = createCookieJar()
  for (let at = 0; at < 3010; at++) jar.set({ name: 'a', value: '1', domain: `h${at}.example` })
  expect([...jar]).toHaveLength(3000)
  expect(jar.header('http://h0.example/')).toBeUndefined()
  expect(jar.header('http://h3009.example/')).toBe('a=1')
})

test('a program sets, looks at and drops cookies', () => {
  const jar = createCookieJar({ cookies: [{ name: 'a', value: '1', domain: 'a.example' }] })
  jar.set({ name: 'b', value: '2', domain: 'b.example', hostOnly: false })
  expect(jar.header('https://x.b.example/')).toBe('b=2')
  expect(jar.delete({ domain: 'A.example' })).toBe(1)
  expect(names(jar)).toEqual(['b'])
  expect(jar.delete()).toBe(1)
  expect(names(jar)).toEqual([])
})

test('what iterating gives makes the same jar again', async () => {
  const jar = await readyJar()
  jar.learn('https://a.example/', ['a=1; Domain=a.example; Max-Age=60', 'b=2'])
  expect([...createCookieJar({ cookies: jar })]).toEqual([...jar])
})

test('a jar that is not ready refuses lines, and throws nothing', () => {
  expect(createCookieJar().learn('https://a.example/', ['a=1'])).toEqual([
    { name: undefined, refused: 'the jar is not ready' },
  ])
})

test.each([
  [{ cookie: [] }, 'cookies'],
  [{ allow: 'a.example' }, 'allow'],
])('a wrong option %j is refused', (options, name) => {
  expect(() => createCookieJar(options as never)).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: expect.stringContaining(name) as string,
    }),
  )
})

test('a host inside a network keeps its login, with and without the dot at its end', async () => {
  const jar = await readyJar()
  jar.learn('http://build:8080/login', ['session=1; Domain=build; Path=/'])
  expect(jar.header('http://build:8080/jobs')).toBe('session=1')
  expect(jar.header('http://build.:8080/jobs')).toBe('session=1')
  expect(jar.header('http://other.build/jobs')).toBeUndefined()
})

test('a jar is printed as the names of its cookies, without their values', () => {
  const jar = createCookieJar()
  for (const [domain, name] of [
    ['example.com', 'sid'],
    ['example.com', 'theme'],
    ['example.org', 'a'],
  ] as const) {
    jar.set({ domain, name, value: 'hush' })
  }
  jar.set({ domain: 'example.net', name: 'old', value: 'hush', expires: 1 })
  expect(inspect(jar)).toBe("{ 'example.com': [ 'sid', 'theme' ], 'example.org': [ 'a' ] }")
  expect(inspect({ jar }, { depth: 5 })).not.toContain('hush')
})
