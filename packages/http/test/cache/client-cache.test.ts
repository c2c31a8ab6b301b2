import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { HttpHeaders, memoryCache, type HeaderFields } from '@net/http'
import { startHttpServer, type Route } from '@net/http/testing'
import { expect, test } from 'vitest'

import {
  ClientCache,
  today,
  type CacheAsking,
  type KeptParts,
} from '../../src/cache/client-cache.ts'

const URL_ = 'https://a.example/x?token=abc'
const asking = (fields: HeaderFields = {}, url: string = URL_): CacheAsking => ({
  url,
  headers: new HttpHeaders(fields),
})
const parts = (body: string, fields: HeaderFields = {}): KeptParts => ({
  status: 200,
  statusText: 'OK',
  headers: new HttpHeaders({ 'cache-control': 'max-age=60', ...(fields as object) }),
  body: Buffer.from(body),
  requested: today(),
  received: today(),
})

async function found(cache: ClientCache, wanted: CacheAsking): Promise<string | undefined> {
  const entry = await cache.find(wanted)
  return entry && Buffer.from(entry.body).toString()
}

async function kept(cache: ClientCache, asked: CacheAsking, answer: KeptParts): Promise<void> {
  await cache.keep(cache.begin(asked), asked, answer)
}

test('[HTTP-60] an answer is for the credentials that it was given to', async () => {
  const cache = new ClientCache(memoryCache())
  await kept(cache, asking({ authorization: 'Bearer ada' }), parts('of ada'))
  await kept(cache, asking({ cookie: 's=bob' }), parts('of bob'))
  await kept(cache, asking(), parts('of nobody'))
  expect(await found(cache, asking({ authorization: 'Bearer ada' }))).toBe('of ada')
  expect(await found(cache, asking({ cookie: 's=bob' }))).toBe('of bob')
  expect(await found(cache, asking())).toBe('of nobody')
  expect(await found(cache, asking({ cookie: 's=eve' }))).toBeUndefined()
  expect(
    await found(cache, asking({ authorization: 'Bearer ada', cookie: 's=bob' })),
  ).toBeUndefined()
})

test('a key in a field of another name is a credential too, whether the server says that it varies or not', async () => {
  const cache = new ClientCache(memoryCache())
  for (const name of ['x-api-key', 'X-Auth-Token', 'private-token']) {
    await kept(cache, asking({ [name]: 'of ada' }), parts(`of ada by ${name}`))
    expect(await found(cache, asking({ [name]: 'of bob' }))).toBeUndefined()
    expect(await found(cache, asking())).toBeUndefined()
    expect(await found(cache, asking({ [name]: 'of ada' }))).toBe(`of ada by ${name}`)
  }
})

test('what is public is for all cookies, and never for another Authorization', async () => {
  const cache = new ClientCache(memoryCache())
  const open = { 'cache-control': 'public, max-age=60' }
  await kept(cache, asking({ cookie: 's=1' }), parts('open', open))
  expect(await found(cache, asking({ cookie: 's=2' }))).toBe('open')
  expect(await found(cache, asking({ authorization: 'Bearer ada' }))).toBeUndefined()
  const varying = new ClientCache(memoryCache())
  await kept(varying, asking({ cookie: 's=1' }), parts('varying', { ...open, vary: 'Cookie' }))
  expect(await found(varying, asking({ cookie: 's=2' }))).toBeUndefined()
})

test('variants stand side by side, each for its own fields', async () => {
  const cache = new ClientCache(memoryCache())
  const vary = { vary: 'Accept-Language, x-api-key' }
  await kept(cache, asking({ 'accept-language': 'de' }), parts('deutsch', vary))
  await kept(
    cache,
    asking({ 'accept-language': 'en', 'x-api-key': 'my-key' }),
    parts('english', vary),
  )
  expect(await found(cache, asking({ 'accept-language': 'de' }))).toBe('deutsch')
  expect(await found(cache, asking({ 'accept-language': 'en' }))).toBeUndefined()
  expect(await found(cache, asking({ 'accept-language': 'en', 'x-api-key': 'my-key' }))).toBe(
    'english',
  )
  await kept(cache, asking({ 'accept-language': 'de' }), parts('neu', vary))
  expect(await found(cache, asking({ 'accept-language': 'de' }))).toBe('neu')
})

test('an answer in a coding is for those that take it, whether the server says that it varies or not', async () => {
  const cache = new ClientCache(memoryCache())
  const [coded, plain] = [
    asking({ 'accept-encoding': 'gzip, br' }),
    asking({ 'accept-encoding': 'identity' }),
  ]
  await kept(cache, coded, parts('coded', { 'content-encoding': 'gzip' }))
  expect(await found(cache, plain)).toBeUndefined()
  await kept(cache, plain, parts('plain'))
  expect(await found(cache, plain)).toBe('plain')
  for (const fields of [{ 'accept-encoding': 'br, x-gzip' }, {}])
    expect(await found(cache, asking(fields))).toBeDefined()
  expect(await found(cache, asking({ 'accept-encoding': 'br' }))).toBe('plain')
  const unasked = new ClientCache(memoryCache())
  await kept(unasked, plain, parts('coded all the same', { 'content-encoding': 'gzip' }))
  expect(await found(unasked, plain)).toBeUndefined()
})

test('what another origin led to is not what the certificate shows', async () => {
  const cache = new ClientCache(memoryCache())
  const tls = { cert: 'of ada', key: 'hers' }
  await kept(cache, { ...asking(), tls }, parts('of ada'))
  expect(await found(cache, { ...asking(), tls, isLed: true })).toBeUndefined()
  expect(await found(cache, { ...asking(), tls })).toBe('of ada')
  expect(await found(cache, asking())).toBeUndefined()
})

test('no credential stands in what is kept', async () => {
  const store = memoryCache()
  const cache = new ClientCache(store)
  const [token, session, key] = ['token-of-ada', 'session-of-bob', 'key-of-carl']
  const url = 'https://a.example/x?token=token-of-url'
  const fields = { authorization: `Bearer ${token}`, cookie: `s=${session}`, 'x-api-key': key }
  await kept(cache, asking(fields, url), parts('', { vary: 'x-api-key' }))
  const text = JSON.stringify(await store.read(url))
  expect(text).toContain('https://a.example/x')
  for (const secret of [token, session, key, 'token-of-url']) expect(text).not.toContain(secret)
})

test('an answer that may not be kept removes the one before', async () => {
  const cache = new ClientCache(memoryCache())
  await kept(cache, asking(), parts('old'))
  await kept(cache, asking(), parts('new', { 'cache-control': 'no-store' }))
  expect(await found(cache, asking())).toBeUndefined()
})

test('what is dropped is dropped for everybody, also what is on its way', async () => {
  const cache = new ClientCache(memoryCache())
  await kept(cache, asking({ cookie: 's=1' }), parts('of one'))
  const filling = cache.begin(asking())
  const elsewhere = cache.begin(asking({}, 'https://a.example/y'))
  await cache.drop(URL_)
  await cache.keep(filling, asking(), parts('old'))
  await cache.keep(elsewhere, asking({}, 'https://a.example/y'), parts('other'))
  expect(await found(cache, asking({ cookie: 's=1' }))).toBeUndefined()
  expect(await found(cache, asking())).toBeUndefined()
  expect(await found(cache, asking({}, 'https://a.example/y'))).toBe('other')
})

test('of many variants the latest 16 are kept', async () => {
  const cache = new ClientCache(memoryCache())
  for (let at = 0; at < 20; at++) await kept(cache, asking({ cookie: `s=${at}` }), parts(`${at}`))
  expect(await found(cache, asking({ cookie: 's=3' }))).toBeUndefined()
  expect(await found(cache, asking({ cookie: 's=4' }))).toBe('4')
})

test('a cache that has to make ready is made ready once', async () => {
  let times = 0
  const cache = new ClientCache(
    Object.assign(memoryCache(), {
      ready: async () => {
        times += 1
      },
    }),
  )
  expect(cache.isReady).toBe(false)
  await cache.load()
  expect([cache.isReady, times, new ClientCache(memoryCache()).isReady]).toEqual([true, 1, true])
})

test('a cache that does not come to the end of a change holds no call up', async () => {
  using clock = useFakeClock()
  const store = Object.assign(memoryCache(), { write: () => new Promise<void>(() => {}) })
  const cache = new ClientCache(store)
  void cache.drop(URL_)
  const finding = found(cache, asking())
  await clock.advance(2000)
  expect(await finding).toBeUndefined()
})

const MINUTE: Readonly<Record<string, string>> = { 'cache-control': 'max-age=60' }

test('[HTTP-60] what the jar and a middleware add to a request is of its user as well', async () => {
  await using server = await startHttpServer({
    routes: {
      '/who': ({ headers }) => ({
        headers: MINUTE,
        body: `${headers.authorization} ${headers.cookie}`,
      }),
    },
  })
  let token: string | undefined
  const login: http.Middleware = (request, next) =>
    next(token === undefined ? request : request.with({ headers: { authorization: token } }))
  await using client = http.createClient({
    baseUrl: server.url,
    cache: true,
    cookies: true,
    middleware: [login],
  })
  const who = async (user: string | undefined, session: string): Promise<string> => {
    token = user
    client.cookies?.set({ name: 's', value: session, domain: '127.0.0.1' })
    return client.get('/who').text()
  }
  const users = [
    [undefined, 'ada'],
    [undefined, 'bob'],
    ['Bearer of-eve', 'bob'],
    ['Bearer of-joe', 'bob'],
  ] as const
  for (let round = 0; round < 2; round++) {
    for (const [user, session] of users)
      expect(await who(user, session)).toBe(`${user} s=${session}`)
  }
  expect(server.received).toHaveLength(users.length)
})

test('[HTTP-60] what a POST has made is dropped by its Location, and nothing of another origin', async () => {
  const read: Route = { headers: MINUTE, body: 'text' }
  let location = ''
  await using other = await startHttpServer({ routes: { 'GET /items/7': read } })
  await using server = await startHttpServer({
    routes: {
      'GET /items/7': read,
      'POST /items': () => ({ status: 201, headers: { location } }),
    },
  })
  await using client = http.createClient({ cache: true })
  const urls = [`${server.url}/items/7`, `${other.url}/items/7`]
  const cached = (): Promise<boolean[]> =>
    Promise.all(
      urls.map(async (url) => {
        const answer = await client.get(url)
        await answer.text()
        return answer.cached
      }),
    )
  await cached()
  for (const [named, expected] of [
    [urls[1]!, [true, true]],
    ['/items/7', [false, true]],
  ] as const) {
    location = named
    await client.post(`${server.url}/items`)
    expect(await cached()).toEqual(expected)
  }
})
