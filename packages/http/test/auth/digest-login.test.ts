import { setImmediate as turn } from 'node:timers/promises'

import { canary, expectNoCanary } from '@tools/canary'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import {
  digestGuard,
  startHttpServer,
  type DigestGuardOptions,
  type HttpServer,
  type Route,
} from '@net/http/testing'
import { expect, test } from 'vitest'

const users = { ada: 'open sesame' }
const inside: Route = async (_request, exchange) => ({
  body: `${(await exchange.bytes()).length} bytes`,
})
const serving = (options: Partial<DigestGuardOptions> = {}): Promise<HttpServer> =>
  startHttpServer({ routes: { '/in': digestGuard({ users, ...options }, inside) } })
const ada = (server: HttpServer, options: http.ClientOptions = {}): http.HttpClient =>
  http.createClient({ baseUrl: server.url, auth: http.digest('ada', 'open sesame'), ...options })
const told = (server: HttpServer): string[] =>
  server.received.map(({ headers }) => headers.authorization ?? 'none')

test.each([
  'MD5',
  'MD5-sess',
  'SHA-256',
  'SHA-256-sess',
  'SHA-512-256',
  'SHA-512-256-sess',
] as const)(
  '[HTTP-36] logs in by Digest with %s, and is asked once for all calls',
  async (algorithm) => {
    await using server = await serving({ algorithm })
    await using client = ada(server)
    for (let call = 0; call < 3; call++) expect(await client.get('/in').text()).toBe('0 bytes')
    expect(server.received).toHaveLength(4)
    expect(told(server).map((each) => /nc=(\w+)/.exec(each)?.[1])).toEqual([
      undefined,
      '00000001',
      '00000002',
      '00000003',
    ])
  },
)

test.each<[string, Partial<DigestGuardOptions>]>([
  ['RFC 2069', { qop: [], algorithm: 'MD5' }],
  ['auth-int', { qop: ['auth-int'] }],
  ['a choice of both', { qop: ['auth-int', 'auth'] }],
  ['the user as a digest', { userhash: true }],
])('[HTTP-36] logs in by %s, with a body', async (_what, options) => {
  await using server = await serving(options)
  await using client = ada(server)
  expect(await client.post('/in', { json: { a: 1 } }).text()).toBe('7 bytes')
})

test('a wrong password is asked about once, and told', async () => {
  await using server = await serving()
  await using client = ada(server, { auth: http.digest('ada', 'wrong password') })
  await expect(client.get('/in')).rejects.toMatchObject({ code: 'NET_AUTH_REJECTED', status: 401 })
  expect(server.received).toHaveLength(2)
})

test('a callback is asked for another password once, and the new one holds', async () => {
  await using server = await serving()
  const answers = ['wrong password', 'open sesame']
  await using client = ada(server, {
    auth: http.digest('ada', () => answers.shift() ?? 'none left'),
  })
  expect(await client.get('/in').text()).toBe('0 bytes')
  expect(await client.get('/in').text()).toBe('0 bytes')
})

test('[HTTP-36] a nonce that has ended is replaced, and one that is named is used', async () => {
  await using server = await serving({ uses: 2 })
  await using client = ada(server)
  for (let call = 0; call < 5; call++) expect(await client.get('/in').text()).toBe('0 bytes')
  expect(server.received).toHaveLength(5 + 1 + 2)
  await using naming = await serving({ uses: 1, nextNonce: true })
  await using other = ada(naming)
  for (let call = 0; call < 5; call++) expect(await other.get('/in').text()).toBe('0 bytes')
  expect(naming.received).toHaveLength(6)
})

test('[HTTP-36] 50 calls at once ask for one challenge, and use no number twice', async () => {
  await using server = await serving()
  await using client = ada(server)
  const answers = await Promise.all(Array.from({ length: 50 }, () => client.get('/in').text()))
  expect(new Set(answers)).toEqual(new Set(['0 bytes']))
  expect(told(server).filter((each) => each === 'none')).toHaveLength(1)
  const counts = told(server).flatMap((each) => /nc=(\w+)/.exec(each)?.[1] ?? [])
  expect(new Set(counts).size).toBe(50)
})

test('50 calls at once get in where the numbers must rise, each asked three times at most', async () => {
  await using server = await serving({ rising: true })
  await using client = ada(server)
  const answers = await Promise.all(Array.from({ length: 50 }, () => client.get('/in').text()))
  expect(new Set(answers)).toEqual(new Set(['0 bytes']))
  expect(server.received.length).toBeLessThanOrEqual(50 * 4)
})

test.each([
  ['says so', true],
  ['never says so', false],
])(
  '50 calls at once get in where each challenge ends the one before, its nonce is good for one use, and the server %s',
  async (_what, tells) => {
    let [fresh, made] = ['', 0]
    const route: Route = ({ headers }) => {
      const used = /\bnonce="([^"]*)"/.exec(headers.authorization ?? '')?.[1]
      const isFresh = used === fresh
      made += 1
      fresh = String(made)
      if (isFresh) return { body: 'in' }
      const challenge = `Digest realm="r", qop="auth", stale=${tells && used !== undefined}, nonce="${fresh}"`
      return { status: 401, headers: { 'www-authenticate': challenge } }
    }
    await using server = await startHttpServer({ routes: { '/in': route } })
    await using client = ada(server)
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.get('/in').text()))
    expect(new Set(answers)).toEqual(new Set(['in']))
    expect(server.received.length).toBeLessThanOrEqual(50 * 4)
  },
)

test('a right password is not refused where what another call was told comes late', async () => {
  let [fresh, made] = ['', 0]
  // Each challenge ends the one before, and nothing says so.
  const answerTo = (request: http.HttpRequest): http.HttpResponse => {
    const used = /\bnonce="([^"]*)"/.exec(request.headers.get('authorization') ?? '')?.[1]
    const isFresh = used === fresh
    made += 1
    fresh = String(made)
    if (isFresh) return http.createResponse({ text: 'in' })
    const challenge = `Digest realm="r", qop="auth", nonce="${fresh}"`
    return http.createResponse({ status: 401, headers: { 'www-authenticate': challenge } })
  }
  const late = Promise.withResolvers<void>()
  const asked: string[] = []
  await using client = http.createClient({
    baseUrl: 'http://x.example',
    auth: http.digest('ada', 'open sesame'),
    async handler(request) {
      const answer = answerTo(request)
      asked.push(request.path)
      if (request.path === '/slow') await late.promise
      return answer
    },
  })
  expect(await client.get('/first').text()).toBe('in')
  const calls = ['/quick', '/slow'].map((path) => client.get(path).text())
  const answers = Promise.all(calls)
  answers.catch(() => {})
  // The nonce of its second answer was ended by the challenge of the slow one, of which nothing is known yet.
  while (asked.filter((path) => path === '/quick').length < 2) await turn()
  await turn()
  late.resolve()
  expect(await answers).toEqual(['in', 'in'])
})

test('calls at once with a wrong password are told soon, also where nonces end without a word', async () => {
  let made = 0
  const route: Route = () => {
    const challenge = `Digest realm="r", qop="auth", nonce="${++made}"`
    return { status: 401, headers: { 'www-authenticate': challenge } }
  }
  await using server = await startHttpServer({ routes: { '/in': route } })
  await using client = ada(server)
  const calls = Array.from({ length: 50 }, () => client.get('/in').text())
  const codes = (await Promise.allSettled(calls)).map((call) =>
    call.status === 'rejected' ? Reflect.get(Object(call.reason), 'code') : 'in',
  )
  expect(new Set(codes)).toEqual(new Set(['NET_AUTH_REJECTED']))
  expect(server.received.length).toBeLessThanOrEqual(50 * 4)
})

const bigBody = (): AsyncIterable<Uint8Array> =>
  (async function* () {
    for (let at = 0; at < 32; at++) yield Buffer.alloc(65_536, 'x')
  })()

test('a body that can be read once waits for the challenge, and goes once', async () => {
  await using server = await serving()
  await using client = ada(server)
  expect(await client.put('/in', { body: bigBody() }).text()).toBe('2097152 bytes')
  expect(server.received.map(({ size }) => size)).toEqual([0, 2_097_152])
  expect(await client.put('/in', { body: bigBody() }).text()).toBe('2097152 bytes')
  expect(server.received.map(({ size }) => size)).toEqual([0, 2_097_152, 2_097_152])
})

test('a nonce that ends between two uploads costs none of the second body', async () => {
  await using server = await serving({ uses: 1 })
  await using client = ada(server)
  for (let upload = 0; upload < 2; upload++)
    expect(await client.put('/in', { body: bigBody() }).text()).toBe('2097152 bytes')
  expect(server.received.map(({ size }) => size)).toEqual([0, 2_097_152, 0, 2_097_152])
})

test('a server that ignores Expect gets the body; what can be read once is not sent again', async () => {
  using clock = useFakeClock()
  const guard = digestGuard({ users }, inside)
  if (typeof guard !== 'function') throw new TypeError('a guard asks')
  await using server = await startHttpServer({
    routes: {
      // Reads the body before it says what it wants, and never says that it may come.
      '/in': async (request, exchange) => {
        await expected.promise
        const bytes = await exchange.bytes()
        return guard(request, { ...exchange, bytes: async () => bytes })
      },
    },
  })
  const expected = Promise.withResolvers<void>()
  await using client = ada(server)
  const once = client.put('/in', { body: bigBody() }).text()
  once.catch(() => {})
  await clock.until(() => server.received.length === 1)
  await clock.advance(1000)
  await clock.until(() => (server.received[0]?.size ?? 0) > 0)
  expected.resolve()
  await expect(once).rejects.toMatchObject({ code: 'NET_BODY_NOT_REPLAYABLE', retry: 'never' })
  const bytes = Buffer.alloc(100_000)
  expect(await client.put('/in', { body: bytes }).text()).toBe('100000 bytes')
})

test('a server that asks for nothing gets the whole body', async () => {
  await using server = await startHttpServer({ routes: { '/in': inside } })
  await using client = ada(server)
  expect(await client.put('/in', { body: bigBody() }).text()).toBe('2097152 bytes')
})

test('a server that offers no Digest never hears the password', async () => {
  await using server = await startHttpServer({
    routes: {
      '/in': { status: 401, headers: { 'www-authenticate': ['Basic realm="a"', 'Negotiate'] } },
    },
  })
  await using client = ada(server)
  await expect(client.get('/in')).rejects.toMatchObject({
    code: 'NET_AUTH_NO_METHOD',
    message: expect.stringContaining('basic, negotiate') as string,
  })
  expect(told(server)).toEqual(['none'])
})

test('a refusal without a challenge is the refusal', async () => {
  await using server = await startHttpServer({ routes: { '/in': { status: 401 } } })
  await using client = ada(server)
  await expect(client.get('/in')).rejects.toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect((await client.get('/in', { throwHttpErrors: false })).status).toBe(401)
})

test('redirects within the origin are answered for their own path, others not at all', async () => {
  await using other = await serving()
  await using server = await startHttpServer({
    routes: {
      '/in': digestGuard({ users }, inside),
      '/moved': digestGuard({ users }, { status: 307, headers: { location: '/in' } }),
      '/away': { status: 302, headers: { location: `${other.url}/in` } },
    },
  })
  await using client = ada(server)
  const response = await client.get('/moved')
  expect([await response.text(), response.history.length]).toEqual(['0 bytes', 1])
  await expect(client.get('/away')).rejects.toMatchObject({ status: 401 })
  expect(told(other)).toEqual(['none'])
})

test('neither the password nor the answer shows in an error', async () => {
  const password = canary('password')
  await using server = await startHttpServer({
    routes: {
      '/in': digestGuard({ users: { ada: password } }, ({ headers }) => ({
        status: 400,
        body: `${headers.authorization} ${password}`,
      })),
    },
  })
  await using client = ada(server, { auth: http.digest('ada', password) })
  const error: unknown = await client.get('/in').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_REPLY_PERMANENT' })
  expectNoCanary(error)
})
