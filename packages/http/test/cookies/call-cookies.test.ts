import { canary, expectNoCanary } from '@tools/canary'
import { onEvent } from '@net/core'
import * as http from '@net/http'
import { startHttpServer, type Reply, type Route } from '@net/http/testing'
import { expect, test } from 'vitest'

import { ClientCookies } from '../../src/cookies/call-cookies.ts'

const setting = (...lines: string[]): Reply => ({ headers: { 'set-cookie': lines } })
const told: Route = ({ headers }) => ({ body: headers.cookie ?? 'none' })

test('[HTTP-39] a login holds for the calls behind it', async () => {
  await using server = await startHttpServer({
    routes: { '/login': setting('session=first-session; Path=/'), '/who': told },
  })
  await using client = http.createClient({ baseUrl: server.url, cookies: true })
  expect(await client.get('/who').text()).toBe('none')
  await client.post('/login')
  expect(await client.get('/who').text()).toBe('session=first-session')
  expect([...client.cookies!].map(({ name }) => name)).toEqual(['session'])
})

test('without the option no jar appears', async () => {
  await using server = await startHttpServer({ routes: { '/login': setting('a=1'), '/who': told } })
  await using client = http.createClient({ baseUrl: server.url })
  await client.get('/login')
  expect(await client.get('/who').text()).toBe('none')
  expect(client.cookies).toBeUndefined()
})

test('[HTTP-39] cookies that are set on the way go with the next request of the call', async () => {
  await using server = await startHttpServer({
    routes: {
      '/login': {
        ...setting('a=1; Path=/'),
        status: 302,
        headers: { location: '/second', 'set-cookie': 'a=1; Path=/' },
      },
      '/second': ({ headers }) => ({
        status: 303,
        headers: {
          location: '/who',
          'set-cookie': [`b=2; Path=/`, `saw=${headers.cookie ?? ''}; Path=/`],
        },
      }),
      '/who': told,
    },
  })
  await using client = http.createClient({ baseUrl: server.url, cookies: true })
  expect(await client.get('/login').text()).toBe('a=1; b=2; saw=a=1')
})

test("the caller's cookie wins over the jar's, until a server changes it", async () => {
  await using server = await startHttpServer({
    routes: {
      '/set': setting('mine=jar; Path=/', 'other=jar; Path=/'),
      '/moved': { status: 302, headers: { location: '/who', 'set-cookie': 'mine=server; Path=/' } },
      '/ended': {
        status: 302,
        headers: { location: '/who', 'set-cookie': 'mine=; Max-Age=0; Path=/' },
      },
      '/who': told,
    },
  })
  await using client = http.createClient({ baseUrl: server.url, cookies: true })
  await client.get('/set')
  const headers = { cookie: 'mine=caller; extra=1' }
  expect(await client.get('/who', { headers }).text()).toBe('mine=caller; other=jar; extra=1')
  expect(await client.get('/moved', { headers }).text()).toBe('mine=server; other=jar; extra=1')
  expect(await client.get('/ended', { headers }).text()).toBe('other=jar; extra=1')
})

test.each([true, false])(
  "[HTTP-33] the caller's cookie goes to no other origin; with a jar: %s",
  async (cookies) => {
    await using other = await startHttpServer({ routes: { '/who': told } })
    await using server = await startHttpServer({
      routes: {
        '/away': { status: 302, headers: { location: `${other.url}/who` } },
        '/home': { status: 302, headers: { location: '/who' } },
        '/who': told,
      },
    })
    await using client = http.createClient({ baseUrl: server.url, cookies })
    const call = { cookies: { mine: 'value-of-mine' } }
    expect(await client.get('/home', call).text()).toBe('mine=value-of-mine')
    expect(await client.get('/away', call).text()).toBe('none')
  },
)

test('a call goes without the jar, and cookies of a call join its header', async () => {
  await using server = await startHttpServer({
    routes: { '/set': setting('a=1; Path=/'), '/who': told },
  })
  await using client = http.createClient({ baseUrl: server.url, cookies: true })
  await client.get('/set')
  expect(await client.get('/who', { cookies: false }).text()).toBe('none')
  const call = { cookies: { b: '2' }, headers: { cookie: 'c=3' } }
  expect(await client.get('/who', call).text()).toBe('a=1; c=3; b=2')
  await expect(client.get('/who', { cookies: { 'b;': '2' } })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
})

test('[H-HTTP-22] a cookie that is refused is a warning and never fails the answer', async () => {
  await using server = await startHttpServer({
    routes: {
      '/set': setting('bad=1; Domain=other.example', 'good=2; Path=/', '=;;;'),
      '/who': told,
    },
  })
  await using client = http.createClient({ baseUrl: server.url, cookies: true })
  const warnings: string[] = []
  using _heard = onEvent('operation', ({ message }) => {
    if (message !== undefined) warnings.push(message)
  })
  expect((await client.get('/set')).status).toBe(200)
  expect(await client.get('/who').text()).toBe('good=2')
  expect(warnings.join('\n')).toContain('the cookie bad is not kept')
})

test('one jar serves several clients', async () => {
  await using server = await startHttpServer({
    routes: { '/set': setting('a=1; Path=/'), '/who': told },
  })
  const cookies = http.createCookieJar()
  await using one = http.createClient({ baseUrl: server.url, cookies })
  await using other = http.createClient({ baseUrl: server.url, cookies })
  await one.get('/set')
  expect(await other.get('/who').text()).toBe('a=1')
  expect(other.cookies).toBe(cookies)
})

test('values of cookies are struck out of errors', async () => {
  const value = canary('cookie')
  await using server = await startHttpServer({
    routes: {
      '/set': setting(`a=${value}; Path=/`),
      '/echo-error': ({ headers }) => ({ status: 400, body: headers.cookie ?? '' }),
    },
  })
  await using client = http.createClient({ baseUrl: server.url, cookies: true })
  await client.get('/set')
  const error: unknown = await client.get('/echo-error').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_REPLY_PERMANENT' })
  expectNoCanary(error)
})

test('fields that come again with the same cookies are made once', () => {
  const cookies = new ClientCookies({} as http.CookieJar, 1)
  const fields = new http.HttpHeaders({ accept: 'a/b' })
  const made = cookies.fieldsWith(fields, 'a=1')
  expect([...made]).toEqual([
    ['accept', 'a/b'],
    ['cookie', 'a=1'],
  ])
  expect(cookies.fieldsWith(fields, 'a=1')).toBe(made)
  expect(cookies.fieldsWith(fields, 'a=2').get('cookie')).toBe('a=2')
  const others = new http.HttpHeaders({ accept: 'c/d' })
  expect(cookies.fieldsWith(others, 'a=2').get('accept')).toBe('c/d')
})
