import * as http from '@net/http'
import { startHttpServer, type HttpServer, type Route } from '@net/http/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

const MINUTE: Readonly<Record<string, string>> = { 'cache-control': 'max-age=60' }
const clientOf = (server: HttpServer, more: http.ClientOptions = {}): http.HttpClient =>
  http.createClient({ baseUrl: server.url, cache: true, ...more })

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
  await using client = clientOf(server, { cookies: true, middleware: [login] })
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

test('a body that is reset within HTTP/2 is not kept', async () => {
  const authority = createCertificates()
  const body = Array.from({ length: 4 }, () => 'x'.repeat(50_000))
  await using server = await startHttpServer({
    tls: authority.issue(),
    http2: true,
    routes: { '/a': { headers: MINUTE, body } },
  })
  const tls = { ca: authority.ca }
  await using client = clientOf(server, { tls, http2: true, defaults: { retry: false } })
  server.fail({ on: '/a', after: 3000, do: 'reset' })
  await expect(client.get('/a').text()).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE' })
  for (const isKept of [false, true]) {
    const answer = await client.get('/a')
    expect([answer.protocol, answer.cached, (await answer.text()).length]).toEqual([
      isKept ? answer.protocol : 'h2',
      isKept,
      200_000,
    ])
  }
})

test('a body that ends with its connection is kept where TLS tells that it was whole, and nowhere else', async () => {
  const authority = createCertificates()
  const routes: Record<string, Route> = {
    '/a': { framing: 'close', headers: MINUTE, body: 'text' },
  }
  for (const tls of [undefined, authority.issue()]) {
    await using server = await startHttpServer({ routes, tls })
    await using client = clientOf(server, { tls: { ca: authority.ca } })
    for (const isKept of [false, tls !== undefined]) {
      const answer = await client.get('/a')
      expect([await answer.text(), answer.cached]).toEqual(['text', isKept])
    }
  }
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
