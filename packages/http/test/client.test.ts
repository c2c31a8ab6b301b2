import { execFile } from 'node:child_process'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { canary, expectNoCanary } from '@tools/canary'
import { retryPolicy } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { onEvent, type NetEvent, type OperationEvent } from '@net/core'
import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { tcpDialer, type Dialer } from '@net/socket'
import { expect, test } from 'vitest'

import { startRawServer } from './raw-server.ts'

interface Echo {
  readonly headers: Readonly<Record<string, string>>
  readonly query: readonly (readonly [string, string])[]
}

test('[HTTP-02] what a client has goes with every call, and the call adds its own', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({
    baseUrl: server.url,
    headers: { 'x-client': '1', 'x-both': 'client' },
    params: { key: 'a' },
    auth: http.bearer('token-of-mine'),
  })
  const echo = await client
    .get('/echo', { headers: { 'x-both': 'call' }, params: { page: 2 } })
    .json<Echo>()
  expect(echo.headers).toMatchObject({
    'x-client': '1',
    'x-both': 'call',
    authorization: 'Bearer token-of-mine',
  })
  expect(echo.query).toEqual([
    ['key', 'a'],
    ['page', '2'],
  ])
})

test('[HTTP-02] one connection serves call after call', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  for (let call = 0; call < 5; call++) await client.get('/json').json()
  expect(server.accepted).toBe(1)
})

test('[HTTP-21] a status of 400 and above is an error, per call and per client', async () => {
  await using server = await startHttpServer()
  const url = `${server.url}/status/404`
  const error: unknown = await http.get(url).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(http.HttpStatusError)
  expect(error).toMatchObject({
    code: 'NET_NOT_FOUND',
    status: 404,
    reply: { status: 404, text: 'this is 404\n' },
    operation: 'GET',
    target: url,
    sent: true,
  })
  expect((await http.get(url, { throwHttpErrors: false })).status).toBe(404)
  await using lenient = http.createClient({ throwHttpErrors: false })
  expect((await lenient.get(url)).status).toBe(404)
  await expect(lenient.get(url, { throwHttpErrors: true })).rejects.toThrow('404')
})

test('the first 64 KiB of an error page are kept', async () => {
  await using server = await startHttpServer()
  server.fail({ do: { reply: { status: 400, body: 'x'.repeat(200_000) } } })
  const error = await http.get(`${server.url}/json`).catch((thrown: unknown) => thrown)
  expect((error as http.HttpStatusError).reply?.text).toHaveLength(65_536)
})

test('a closed client accepts no calls, and closing waits for running ones', async () => {
  using clock = useFakeClock()
  await using server = await startHttpServer()
  const client = http.createClient({ baseUrl: server.url })
  server.fail({ do: { delay: 1000 } })
  const slow = client.get('/json').json()
  await clock.until(() => server.received.length === 1)
  let closed = false
  const closing = client.close().then(() => (closed = true))
  await expect(client.get('/json')).rejects.toMatchObject({ code: 'NET_CLOSED' })
  expect(closed).toBe(false)
  await clock.advance(1000)
  expect(await slow).toMatchObject({ id: 1 })
  await closing
  expect(await client.closed).toBeUndefined()
  await clock.until(() => server.connections === 0)
})

test('closing ends what does not end in time: waiting, reading, and between two attempts', async () => {
  using clock = useFakeClock()
  await using server = await startHttpServer()
  const client = http.createClient({ baseUrl: server.url })
  server.fail({ on: '/json', do: 'stall' })
  server.fail({ on: '/echo', do: { reply: { status: 503, headers: { 'retry-after': '50' } } } })
  const settle = (promise: PromiseLike<unknown>): Promise<unknown> =>
    Promise.resolve(promise).then(
      () => undefined,
      (error: unknown) => error,
    )
  const calls = [
    settle(client.get('/json', { retry: false })),
    settle(client.get('/drip', { retry: false }).bytes()),
    settle(client.get('/echo', { retry: retryPolicy() })),
  ]
  await clock.until(() => server.received.length === 3)
  await turn()
  const closing = client.close({ grace: 500 })
  await clock.advance(500)
  for (const call of calls) expect(await call).toMatchObject({ code: 'NET_CLOSED' })
  await closing
  await clock.until(() => server.connections === 0)
})

test('a layer that never comes back, before the request or after its answer, holds no client that closes', async () => {
  using clock = useFakeClock()
  await using server = await startHttpServer()
  const never = new Promise<never>(() => {})
  const layers: http.Middleware[] = [
    () => never,
    async (request, next) => {
      await next(request)
      return never
    },
  ]
  for (const middleware of layers) {
    const client = http.createClient({ baseUrl: server.url, middleware: [middleware] })
    const call = client.get('/json').catch((error: unknown) => error)
    await turn()
    const closing = client.close({ grace: 500 })
    await clock.advance(500)
    await clock.advance(50)
    await closing
    expect(await call).toMatchObject({ code: 'NET_CLOSED' })
  }
})

test('a client that is disposed leaves nothing behind', async () => {
  await http.get('http://127.0.0.1:1/', { retry: false }).catch(() => {})
  await checkNoLeaks(async () => {
    await using server = await startHttpServer()
    await using client = http.createClient({ baseUrl: server.url })
    await Promise.all(Array.from({ length: 10 }, () => client.get('/json').json()))
  })
})

test('[HTTP-57] a call is one operation with its phases, and the dial refers to it', async () => {
  const events: NetEvent[] = []
  await using server = await startHttpServer()
  using listening = onEvent('*', (event) => events.push(event))
  expect(listening).toBeDefined()
  await using client = http.createClient({ baseUrl: server.url })
  await client.get('/bytes/1000000').bytes()
  const operations = events.filter(
    (event): event is OperationEvent => event.type === 'operation' && event.state === 'end',
  )
  const [dial, call] = operations
  expect(dial).toMatchObject({
    protocol: 'tcp',
    operation: 'dial',
    parent: call!.id,
    outcome: 'ok',
  })
  expect(call).toMatchObject({
    protocol: 'http',
    operation: 'GET',
    target: `${server.url}/bytes/1000000`,
    endpoint: server.url.slice(7),
    outcome: 'ok',
    transferred: 1_000_000,
  })
  const phases = events.flatMap((event) =>
    event.type === 'phase' && event.state === 'end' ? [event.phase] : [],
  )
  expect(phases).toEqual(['connect', 'command', 'receive'])
  const wire = events.flatMap((event) => (event.type === 'wire' ? [event.text] : []))
  expect(wire).toEqual(['GET /bytes/1000000 HTTP/1.1', 'HTTP/1.1 200 OK'])
})

test('credentials in clear to another machine are warned of, once for each origin', async () => {
  await using server = await startHttpServer()
  const port = Number(new URL(server.url).port)
  const tcp = tcpDialer()
  const dialer: Dialer = {
    name: 'detour',
    dial: (_endpoint, options) => tcp.dial({ scheme: 'tcp', host: '127.0.0.1', port }, options),
  }
  const warnings: (string | undefined)[] = []
  using listening = onEvent('operation', ({ state, message }) => {
    if (state === 'warning') warnings.push(message)
  })
  expect(listening).toBeDefined()
  await using client = http.createClient({ dialer, auth: http.bearer(canary('clear')) })
  for (const host of ['a.test', 'a.test', 'b.test', 'localhost']) {
    await client.get(`http://${host}/json`).json()
  }
  expect(warnings).toHaveLength(2)
  expect(warnings[0]).toContain('http://a.test')
  await using quiet = http.createClient({ dialer })
  await quiet.get('http://c.test/json').json()
  expect(warnings).toHaveLength(2)
})

test('[H-CORE-19] secrets in URL, headers, parameters and options show nowhere', async () => {
  await using server = await startRawServer((socket) => {
    const heard = server.heard.at(-1)!.toString()
    const echo = `HTTP/1.1 400 ${heard.replaceAll(/[\r\n]+/g, ' ').slice(0, 1000)}\r\n`
    socket.end(`${echo}x-echo: ${heard.replaceAll(/[\r\n]+/g, ' ')}\r\ncontent-length: 0\r\n\r\n`)
  })
  const log: unknown[] = []
  await using client = http.createClient({
    baseUrl: server.url.replace('//', `//ada:${canary('base')}@`),
    headers: { 'x-api-key': canary('key'), cookie: `sid=${canary('sid')}` },
    log: { sink: { write: (record: unknown) => void log.push(record) }, level: 'trace' },
  })
  for (const options of [
    {},
    { user: 'bob', password: canary('option') },
    { auth: http.bearer(canary('bearer')) },
    { headers: { authorization: `Bearer ${canary('own')}` } },
    { params: { access_token: canary('param') } },
  ]) {
    const error: unknown = await client.get('/', options).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(http.HttpStatusError)
    expectNoCanary(error)
  }
  expect(log.length).toBeGreaterThan(0)
  expectNoCanary(log)
})

test('[H-CORE-02] inherited options configure nothing', async () => {
  await using server = await startHttpServer()
  const polluted = Object.create({ handler: () => Promise.reject(new Error('polluted')) }) as object
  await using client = http.createClient(Object.assign(polluted, { baseUrl: server.url }))
  const options = Object.create({
    headers: { 'x-evil': '1' },
    params: { evil: 1 },
  }) as http.RequestOptions
  const echo = await client.get('/echo', options).json<Echo>()
  expect(echo.headers['x-evil']).toBeUndefined()
  expect(echo.query).toEqual([])
})

test.each([0, -1, 1.5, NaN])('%s connections are refused', (connections) => {
  expect(() => http.createClient({ connections })).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})

const nowhere: Dialer = {
  name: 'nowhere',
  dial: () => Promise.reject(netError('NET_CONNECT_REFUSED', { message: 'refused' })),
}

test('a name that another client, or another call, has for a password stays as the caller wrote it', async () => {
  const url = 'http://this.example.test/example'
  await using one = http.createClient({ dialer: nowhere, auth: http.basic('user', 'example') })
  await using other = http.createClient({ dialer: nowhere })
  const message = async (client: http.HttpClient, options?: object): Promise<string> =>
    client
      .get(url, { retry: false, ...options })
      .text()
      .catch((error: Error) => error.message)
  expect(await message(one)).toContain('this.[secret].test')
  expect(await message(other)).toContain(url)
  expect(await message(other, { user: 'user', password: 'example' })).toContain('[secret].test')
  expect(await message(other)).toContain(url)
})

test('[H-ASYNC-06] of 10,000 calls, of which one in a hundred meets each fault, all settle, in their order', async () => {
  const program = fileURLToPath(new URL('ten-thousand-calls.ts', import.meta.url))
  const source = process.env['NET_TEST_PACKED'] === undefined ? ['--conditions=@net/source'] : []
  const args = [...source, '--expose-gc', program]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const { right, grown } = JSON.parse(stdout) as { right: number; grown: number }
  expect(right).toBe(10_000)
  expect(grown).toBeLessThan(50_000_000)
}, 180_000)

test.each(['set-cookie', 'link', 'www-authenticate'])(
  '[H-HTTP-32] a %s that is too long is a limit, and a long one only the status',
  async (name) => {
    await using server = await startRawServer((socket, number) => {
      const value = 'a="b", '.repeat(number === 1 ? 8000 : 150_000)
      socket.write(`HTTP/1.1 401 No\r\n${name}: ${value}\r\ncontent-length: 0\r\n\r\n`)
    })
    await using client = http.createClient({ baseUrl: server.url, user: 'ada', password: 'any' })
    await expect(client.get('/')).rejects.toMatchObject({ code: 'NET_AUTH_REJECTED' })
    await expect(client.get('/')).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT' })
  },
)

test('[HTTP-04] a request is built, looked at, changed, copied and sent, twice where its body can be', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({
    baseUrl: server.url,
    headers: { 'x-client': '1' },
    params: { key: 'a' },
    auth: http.bearer('token-of-mine'),
  })
  const built = client.build('POST', '/echo', { json: { a: 1 }, params: { page: 2 } })
  expect([built.method, built.path, built.headers.get('x-client')]).toEqual([
    'POST',
    '/echo?key=a&page=2',
    '1',
  ])
  expect(built.headers.has('authorization')).toBe(false)
  const changed = built.with({ headers: { 'x-mine': '2', 'x-client': null } })
  for (let time = 0; time < 2; time++) {
    const echo = await client.send(changed).json<Echo & { readonly body: string }>()
    expect(echo.headers).toMatchObject({ 'x-mine': '2', authorization: 'Bearer token-of-mine' })
    expect([echo.headers['x-client'], echo.body]).toEqual([undefined, '{"a":1}'])
  }
  expect(built.headers.get('x-client')).toBe('1')
})

test('a request that is sent goes through middleware and limits, with no other options than a call may have then', async () => {
  await using server = await startHttpServer({ routes: { '/slow': () => new Promise(() => {}) } })
  const seen: string[] = []
  await using client = http.createClient({
    baseUrl: server.url,
    middleware: [
      (request, next) => {
        seen.push(request.path)
        return next(request)
      },
    ],
  })
  const slow = client.build('GET', '/slow')
  await expect(client.send(slow, { timeout: 20 })).rejects.toMatchObject({
    code: 'NET_TIMEOUT_TOTAL',
  })
  expect(seen).toEqual(['/slow'])
  await expect(client.send(slow, { headers: {} } as never)).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    message: expect.stringContaining('request.with') as string,
  })
  await expect(client.send({} as never)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
})

test("[HTTP-08] the caller's URL is joined to, and stays as it was", async () => {
  await using client = http.createClient({ baseUrl: 'https://api.example/v1' })
  const url = new URL('https://other.example/a%20b?x=1#top')
  expect(client.build('GET', url, { params: { y: 'ä&' } }).url.href).toBe(
    'https://other.example/a%20b?x=1&y=%C3%A4%26',
  )
  expect(url.href).toBe('https://other.example/a%20b?x=1#top')
  expect(client.build('GET', '/users').url.href).toBe('https://api.example/v1/users')
  const request = client.build('GET', 'users')
  expect(request.with({ url: new URL('/v2', request.url) }).url.href).toBe('https://api.example/v2')
})

test('[HTTP-56] another client takes the requests below a URL', async () => {
  await using server = await startHttpServer()
  await using inner = http.createClient({
    headers: { 'x-by': 'inner' },
    handler: async ({ url }) => http.createResponse({ text: url.pathname }),
  })
  await using client = http.createClient({
    middleware: [
      (request, next) =>
        request.url.host === 'inner.example' ? inner.send(request) : next(request),
    ],
  })
  expect(await client.get('http://inner.example/a').text()).toBe('/a')
  expect(await client.get(`${server.url}/json`).json()).toMatchObject({ id: 1 })
})
