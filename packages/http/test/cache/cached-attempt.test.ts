import { gzipSync } from 'node:zlib'

import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer, type HttpServer, type Reply, type Route } from '@net/http/testing'
import { expect, test } from 'vitest'

const MINUTE: Readonly<Record<string, string>> = { 'cache-control': 'max-age=60' }
const clientOf = (server: HttpServer, more: http.ClientOptions = {}): http.HttpClient =>
  http.createClient({ baseUrl: server.url, cache: true, ...more })
/** Gives the next one at each request. */
const inTurn = (...replies: Reply[]): Route => {
  let at = 0
  return () => replies[at++] ?? { status: 418 }
}

test('[HTTP-60] a fresh answer is used again, with its age, and the server is not asked', async () => {
  using clock = useFakeClock()
  await using server = await startHttpServer({
    routes: { '/a': { headers: MINUTE, json: { id: 1 } } },
  })
  await using client = clientOf(server)
  const first = await client.get('/a')
  expect([first.cached, await first.json()]).toEqual([false, { id: 1 }])
  await clock.advance(59_000)
  const second = await client.get('/a')
  expect([second.cached, second.headers.get('age'), second.url]).toEqual([
    true,
    '59',
    `${server.url}/a`,
  ])
  expect(await second.json()).toEqual({ id: 1 })
  expect(server.received).toHaveLength(1)
  await clock.advance(2000)
  expect((await client.get('/a')).cached).toBe(false)
  expect(server.received).toHaveLength(2)
})

test('a call goes past the cache, or asks anew, as it says', async () => {
  await using server = await startHttpServer({ routes: { '/a': { headers: MINUTE, json: {} } } })
  await using client = clientOf(server)
  await client.get('/a').json()
  await client.get('/a', { cache: false }).json()
  await client.get('/a', { headers: { 'cache-control': 'no-cache' } }).json()
  expect(server.received).toHaveLength(3)
  const missing = client.get('/b', { headers: { 'cache-control': 'only-if-cached' } })
  await expect(missing).rejects.toMatchObject({ status: 504 })
  expect(server.received).toHaveLength(3)
})

test('what a reader writes into its bytes is not in the cache', async () => {
  await using server = await startHttpServer({
    routes: { '/a': { headers: MINUTE, body: 'text' } },
  })
  await using client = clientOf(server)
  for (let call = 0; call < 3; call++) (await client.get('/a').bytes()).fill(0)
  expect(await client.get('/a').text()).toBe('text')
  expect(server.received).toHaveLength(1)
})

test('[HTTP-60] each user reads an answer of their own: by header, by auth and by jar', async () => {
  await using server = await startHttpServer({
    routes: {
      '/who': ({ headers }) => ({
        headers: MINUTE,
        body: headers.authorization ?? headers.cookie ?? 'nobody',
      }),
    },
  })
  await using client = clientOf(server)
  const who = (options: http.RequestOptions): Promise<string> => client.get('/who', options).text()
  const ada = { headers: { authorization: 'Bearer of-ada' } }
  const bob = { auth: http.bearer('of-bob') }
  const eve = { cookies: { session: 'of-eve' } }
  const all = [
    await who(ada),
    await who(bob),
    await who(eve),
    await who({}),
    await who(ada),
    await who(bob),
    await who(eve),
  ]
  expect(all).toEqual([
    'Bearer of-ada',
    'Bearer of-bob',
    'session=of-eve',
    'nobody',
    'Bearer of-ada',
    'Bearer of-bob',
    'session=of-eve',
  ])
  expect(server.received).toHaveLength(4)
})

test('a kept answer brings no old session back, and a 304 sets its own', async () => {
  await using server = await startHttpServer({
    routes: {
      '/a': inTurn(
        {
          headers: { 'cache-control': 'public, max-age=60', 'set-cookie': 's=1; Path=/' },
          body: 'a',
        },
        {
          status: 304,
          headers: { 'cache-control': 'public, max-age=60', 'set-cookie': 's=3; Path=/' },
        },
      ),
      '/login': { headers: { 'set-cookie': 's=2; Path=/' } },
      '/who': ({ headers }) => ({ body: headers.cookie ?? 'none' }),
    },
  })
  await using client = clientOf(server, { cookies: true })
  await client.get('/a').text()
  await client.post('/login')
  const hit = await client.get('/a')
  expect([hit.cached, hit.headers.has('set-cookie'), await hit.text()]).toEqual([true, false, 'a'])
  expect(await client.get('/who').text()).toBe('s=2')
  await client.get('/a', { headers: { 'cache-control': 'no-cache' } }).text()
  expect(await client.get('/who').text()).toBe('s=3')
})

test.each<[string, Reply]>([
  ['bare', { status: 304 }],
  [
    'that describes itself',
    {
      status: 304,
      headers: { 'content-type': 'text/html', 'content-length': 0, 'content-encoding': 'gzip' },
    },
  ],
  ['with the same tag, weak', { status: 304, headers: { etag: 'W/"one"' } }],
])('a 304 %s gives the kept answer', async (_what, unchanged) => {
  const headers = { etag: '"one"', 'cache-control': 'max-age=0' }
  const fresh = { ...unchanged, headers: { ...MINUTE, ...unchanged.headers } }
  await using server = await startHttpServer({
    routes: { '/a': inTurn({ headers, json: { id: 1 } }, fresh) },
  })
  await using client = clientOf(server)
  expect(await client.get('/a').json()).toEqual({ id: 1 })
  const second = await client.get('/a')
  expect([
    second.status,
    second.cached,
    second.headers.get('content-type'),
    await second.json(),
  ]).toEqual([200, true, 'application/json', { id: 1 }])
  expect(server.received[1]!.headers['if-none-match']).toBe('"one"')
  expect(await client.get('/a').json()).toEqual({ id: 1 })
  expect(server.received).toHaveLength(2)
})

test('a 304 about another answer is asked again without a condition', async () => {
  const headers = { etag: '"one"', 'cache-control': 'max-age=0' }
  await using server = await startHttpServer({
    routes: {
      '/a': inTurn(
        { headers, body: 'old' },
        { status: 304, headers: { etag: '"two"' } },
        { headers: MINUTE, body: 'new' },
      ),
    },
  })
  await using client = clientOf(server)
  await client.get('/a').text()
  expect(await client.get('/a').text()).toBe('new')
  expect(server.received.map(({ headers }) => headers['if-none-match'])).toEqual([
    undefined,
    '"one"',
    undefined,
  ])
  expect(await client.get('/a').text()).toBe('new')
})

test("a condition of the caller's gives the caller its 304", async () => {
  await using server = await startHttpServer({ files: { '/a.txt': 'text' } })
  await using client = clientOf(server)
  const { headers } = await client.get('/a.txt')
  const answer = await client.get('/a.txt', {
    headers: { 'if-none-match': headers.get('etag') ?? '' },
  })
  expect(answer.status).toBe(304)
})

test('a failing server: the kept answer where it may stand in, else the failure, and it stays', async () => {
  using clock = useFakeClock()
  const one = {
    headers: { 'cache-control': 'max-age=1, stale-if-error=60', etag: '"a"' },
    body: 'kept',
  }
  await using server = await startHttpServer({
    routes: { '/a': inTurn(one, { status: 503 }, { status: 503 }, { status: 304 }) },
  })
  await using client = clientOf(server, { defaults: { retry: false } })
  await client.get('/a').text()
  await clock.advance(2000)
  expect(await client.get('/a').text()).toBe('kept')
  await clock.advance(70_000)
  await expect(client.get('/a').text()).rejects.toMatchObject({ status: 503 })
  expect(await client.get('/a').text()).toBe('kept')
})

test('a lost connection: the kept answer where it may stand in', async () => {
  const one = {
    headers: { 'cache-control': 'max-age=0, stale-if-error=60', etag: '"a"' },
    body: 'kept',
  }
  await using server = await startHttpServer({ routes: { '/a': one } })
  await using client = clientOf(server, { defaults: { retry: false } })
  await client.get('/a').text()
  server.fail({ on: '/a', do: 'reset', times: 1 })
  expect(await client.get('/a').text()).toBe('kept')
})

test.each<[string, Partial<Reply>, (server: HttpServer) => void]>([
  [
    'its length',
    { framing: 'length' },
    (server) => server.fail({ on: '/a', after: 3000, do: 'drop' }),
  ],
  [
    'chunks',
    { framing: 'chunked' },
    (server) => server.fail({ on: '/a', after: 3000, do: 'drop' }),
  ],
  [
    'a reset',
    { framing: 'chunked' },
    (server) => server.fail({ on: '/a', after: 3000, do: 'reset' }),
  ],
])('a body that is cut, framed by %s, is not kept', async (_what, framing, fail) => {
  await using server = await startHttpServer({
    routes: { '/a': { ...framing, headers: MINUTE, body: 'x'.repeat(200_000) } },
  })
  await using client = clientOf(server, { defaults: { retry: false } })
  fail(server)
  await expect(client.get('/a').text()).rejects.toMatchObject({
    code: expect.stringMatching(/NET_PROTO_INCOMPLETE|NET_CONN/) as string,
  })
  expect(await client.get('/a').text()).toHaveLength(200_000)
  expect(await client.get('/a').text()).toHaveLength(200_000)
  expect(server.received).toHaveLength(2)
})

test('a body that is given up, too long for its reader, or broken in its coding is not kept', async () => {
  const zipped = gzipSync(Buffer.alloc(300_000, 'net '))
  const broken = Buffer.from(zipped)
  broken[broken.length - 6]! ^= 1
  await using server = await startHttpServer({
    routes: {
      '/long': { headers: MINUTE, framing: 'chunked', body: 'x'.repeat(200_000) },
      '/zip': inTurn(
        { headers: { ...MINUTE, 'content-encoding': 'gzip' }, body: broken },
        { headers: { ...MINUTE, 'content-encoding': 'gzip' }, body: zipped },
      ),
    },
  })
  await using client = clientOf(server)
  const given = await client.get('/long')
  given.body.cancel()
  await expect(client.get('/long', { maxBytes: 1000 }).text()).rejects.toMatchObject({
    code: 'NET_PROTO_LIMIT',
  })
  expect(await client.get('/long').text()).toHaveLength(200_000)
  expect(await client.get('/long').text()).toHaveLength(200_000)
  expect(server.received).toHaveLength(3)
  await expect(client.get('/zip').text()).rejects.toMatchObject({ code: 'NET_PROTO_DECODE' })
  expect(await client.get('/zip').text()).toHaveLength(300_000)
  expect(await client.get('/zip').text()).toHaveLength(300_000)
  expect(server.received).toHaveLength(5)
})

test.each<[string, number, boolean]>([
  ['POST', 201, true],
  ['PUT', 204, true],
  ['DELETE', 200, true],
  ['PATCH', 303, true],
  ['POST', 400, false],
  ['POST', 500, false],
  ['OPTIONS', 200, false],
])(
  '[HTTP-60] %s that is answered %i drops what is kept of its URL: %s',
  async (method, status, drops) => {
    await using server = await startHttpServer({
      routes: {
        'GET /items': ({ headers }) => ({
          headers: { ...MINUTE, vary: 'accept-language' },
          body: headers['accept-language'] ?? '',
        }),
        'GET /items/7': { headers: MINUTE, body: '7' },
        'GET /other': { headers: MINUTE, body: 'other' },
        [`${method} /items`]: { status, headers: { 'content-location': '/items/7' } },
      },
    })
    await using client = clientOf(server)
    const read = async (): Promise<void> => {
      for (const language of ['de', 'en'])
        await client.get('/items', { headers: { 'accept-language': language } }).text()
      await client.get('/items/7').text()
      await client.get('/items', { params: { page: 2 } }).text()
      await client.get('/other').text()
    }
    await read()
    await client.request(method, '/items', {
      throwHttpErrors: false,
      redirect: false,
      retry: false,
    })
    const before = server.received.length
    await read()
    expect(server.received.slice(before).map(({ target }) => target)).toEqual(
      drops ? ['/items', '/items', '/items/7'] : [],
    )
  },
)

test('an unsafe call whose outcome is not known drops what is kept', async () => {
  await using server = await startHttpServer({
    routes: { 'GET /items': { headers: MINUTE, body: '1' }, 'POST /items': { status: 201 } },
  })
  await using client = clientOf(server)
  await client.get('/items').text()
  server.fail({ on: 'POST /items', do: 'reset' })
  await expect(client.post('/items', { json: {} })).rejects.toMatchObject({
    code: 'NET_CONN_RESET',
  })
  await client.get('/items').text()
  expect(server.received.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET'])
})

test('an answer that was on its way while the server changed is not kept', async () => {
  const slow = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  let version = 1
  await using server = await startHttpServer({
    routes: {
      'GET /items': async () => {
        const body = `version ${version}`
        asked.resolve()
        if (version === 1) await slow.promise
        return { headers: MINUTE, body }
      },
      'POST /items': () => {
        version = 2
        return { status: 204 }
      },
    },
  })
  await using client = clientOf(server)
  const early = client.get('/items').text()
  await asked.promise
  await client.post('/items')
  slow.resolve()
  expect(await early).toBe('version 1')
  expect(await client.get('/items').text()).toBe('version 2')
})

test('a redirect is kept as any other answer, and one abort ends its own call alone', async () => {
  await using server = await startHttpServer({
    routes: {
      '/moved': { status: 301, headers: { ...MINUTE, location: '/a' } },
      '/a': { headers: MINUTE, body: 'text' },
    },
  })
  await using client = clientOf(server)
  const stop = new AbortController()
  const first = client.get('/moved', { signal: stop.signal }).text()
  const second = client.get('/moved').text()
  stop.abort()
  await expect(first).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(await second).toBe('text')
  const before = server.received.length
  const third = await client.get('/moved')
  expect([await third.text(), third.history.length, third.cached]).toEqual(['text', 1, true])
  expect(server.received).toHaveLength(before)
})

test('the program drops what it knows to be old', async () => {
  await using server = await startHttpServer({ routes: { '*': { headers: MINUTE, body: '1' } } })
  await using client = clientOf(server)
  await client.get('/items', { params: { page: 2 } }).text()
  expect(await client.cache!.delete(`${server.url}/items`)).toBe(1)
  await client.get('/items', { params: { page: 2 } }).text()
  expect(server.received).toHaveLength(2)
})

test('a cache that fails costs no call its answer', async () => {
  await using server = await startHttpServer({
    routes: { '/a': { headers: MINUTE, body: 'text' } },
  })
  const cache = Object.assign(http.memoryCache(), {
    write: () => Promise.reject(new Error('disk full')),
  })
  await using client = clientOf(server, { cache })
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
  expect(await client.get('/a').text()).toBe('text')
  expect((await warned).message).toContain('disk full')
})
