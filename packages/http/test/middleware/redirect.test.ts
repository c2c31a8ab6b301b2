import { canary } from '@tools/canary'
import { PolicyError, RedirectError, StateError } from '@net/core'
import { nextId, redact } from '@net/core/authoring'
import * as http from '@net/http'
import { startHttpServer, type Reply, type Route } from '@net/http/testing'
import { expect, test } from 'vitest'

import { answerOf, startRawServer } from '../raw-server.ts'

interface Echo {
  readonly method: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

const to = (location: string, status = 302): Reply => ({ status, headers: { location } })

test.each([
  ['GET', 301, 'GET'],
  ['POST', 301, 'GET'],
  ['PUT', 301, 'PUT'],
  ['POST', 302, 'GET'],
  ['DELETE', 302, 'DELETE'],
  ['POST', 303, 'GET'],
  ['PUT', 303, 'GET'],
  ['POST', 307, 'POST'],
  ['PATCH', 308, 'PATCH'],
])('[HTTP-32] %s and %i become %s', async (method, status, expected) => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const body = method === 'GET' ? {} : { json: { a: 1 } }
  const path = `/redirect/${status}?to=/echo`
  const response = await client.request(method, path, body)
  const echo = await response.json<Echo>()
  const kept = expected === method && method !== 'GET'
  expect(echo).toMatchObject({ method: expected, body: kept ? '{"a":1}' : '' })
  expect(echo.headers['content-type']).toBe(kept ? 'application/json' : undefined)
  expect(response.url).toBe(`${server.url}/echo`)
  expect(response.history).toMatchObject([{ status, url: server.url + path }])
})

test.each([
  [303, false],
  [302, false],
  [307, true],
])('%i takes what the fields say of a body along only with the body: %s', async (status, stays) => {
  await using server = await startHttpServer()
  const about = {
    'content-language': 'de',
    'content-digest': 'sha-256=:x:',
    'repr-digest': 'sha-256=:x:',
    digest: 'sha-256=x',
    'content-md5': 'x',
  }
  const { headers } = await http
    .post(`${server.url}/redirect/${status}?to=/echo`, {
      headers: { ...about, 'x-mine': '1' },
      json: { a: 1 },
    })
    .json<Echo>()
  const kept = Object.keys(about).filter((name) => headers[name] !== undefined)
  expect([kept, headers['x-mine']]).toEqual([stays ? Object.keys(about) : [], '1'])
})

test('[HTTP-32] HEAD stays HEAD, and redirects are not followed with `redirect: false` of the client or the call', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  expect((await client.head('/redirect/303?to=/json')).status).toBe(200)
  expect(server.received.at(-1)!.method).toBe('HEAD')
  const response = await client.get('/redirect/302?to=/json', { redirect: false })
  expect([response.status, response.headers.get('location')]).toEqual([302, '/json'])
  await using still = http.createClient({ baseUrl: server.url, redirect: false })
  expect((await still.get('/redirect/302?to=/json')).status).toBe(302)
  expect((await still.get('/redirect/302?to=/json', { redirect: true })).status).toBe(200)
})

test("[HTTP-32][H-HTTP-19] a loop ends at 20, or at the caller's limit", async () => {
  await using server = await startHttpServer({ routes: { '/loop': to('/loop') } })
  await using client = http.createClient({ baseUrl: server.url })
  const error: unknown = await client.get('/loop').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RedirectError)
  expect(error).toMatchObject({ code: 'NET_REDIRECT_LIMIT', limit: 20, retry: 'never' })
  expect(server.received).toHaveLength(21)
  await expect(client.get('/loop', { redirect: 2 })).rejects.toMatchObject({ limit: 2 })
})

test.each([
  'file:///etc/passwd',
  'data:text/plain,x',
  'ftp://127.0.0.1/',
  'javascript:alert(1)',
  'unix:/run/app.sock',
  'http://ada:lovelace@127.0.0.1/',
])('[H-HTTP-19] a redirect to %s is refused', async (location) => {
  await using server = await startHttpServer({ routes: { '/go': to(location) } })
  const error: unknown = await http.get(`${server.url}/go`).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(PolicyError)
  expect(error).toMatchObject({ code: 'NET_REDIRECT_FORBIDDEN' })
  expect(server.received).toHaveLength(1)
})

test('a Location in UTF-8 leads where it says, and one in another charset as it is', async () => {
  await using server = await startRawServer((socket, number) => {
    const location = [Buffer.from('/café'), Buffer.from('/caf\u00e9', 'latin1')][(number - 1) / 2]
    if (location === undefined || number % 2 === 0) socket.write(answerOf('there'))
    else {
      socket.write('HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: ')
      socket.write(location)
      socket.write('\r\n\r\n')
    }
  })
  for (let turn = 0; turn < 2; turn++)
    expect((await http.get(server.url)).url).toBe(`${server.url}/caf%C3%A9`)
})

test('two Locations that differ lead nowhere; one that is empty is no redirect', async () => {
  const routes: Record<string, Route> = {
    '/two': { status: 302, headers: { location: ['/json', '/echo'] } },
    '/same': { status: 302, headers: { location: ['/json', '/json'] } },
    '/empty': to(''),
  }
  await using server = await startHttpServer({ routes })
  await using client = http.createClient({ baseUrl: server.url })
  await expect(client.get('/two')).rejects.toMatchObject({ code: 'NET_PROTO_MALFORMED' })
  expect((await client.get('/same')).url).toBe(`${server.url}/json`)
  expect((await client.get('/empty')).status).toBe(302)
  expect(server.received).toHaveLength(4)
})

test('[H-HTTP-19] a Location of a megabyte is refused', async () => {
  await using server = await startHttpServer({ routes: { '/go': to(`/${'x'.repeat(1_000_000)}`) } })
  await expect(http.get(`${server.url}/go`)).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT' })
})

test('a redirect from https to http is refused', async () => {
  const handler: http.Handler = async (request) =>
    request.url.protocol === 'https:'
      ? http.createResponse({ status: 302, headers: { location: 'http://shop.test/' } })
      : http.createResponse({ text: 'in clear' })
  await using client = http.createClient({ handler })
  await expect(client.get('https://shop.test/')).rejects.toMatchObject({
    code: 'NET_REDIRECT_FORBIDDEN',
    message: expect.stringContaining('from https to http'),
  })
})

const secretHeaders = {
  authorization: 'Bearer abcdefgh',
  cookie: 'sid=12345678',
  'x-api-key': 'key-of-mine',
  'private-token': 'token-of-mine',
  'x-signature': 'signature-of-mine',
  'x-anything': 'at all',
  accept: 'text/plain',
  'accept-language': 'de',
  range: 'bytes=0-',
}

test('[HTTP-33][H-HTTP-16] another origin gets no header that the caller set, but the harmless ones', async () => {
  await using other = await startHttpServer()
  await using server = await startHttpServer({ routes: { '/go': to(`${other.url}/echo`, 307) } })
  const { headers } = await http
    .post(`${server.url}/go`, { headers: secretHeaders, json: { a: 1 } })
    .json<Echo>()
  expect(server.received[0]!.headers).toMatchObject(secretHeaders)
  expect(Object.keys(headers).toSorted()).toEqual([
    'accept',
    'accept-encoding',
    'accept-language',
    'connection',
    'content-length',
    'content-type',
    'host',
    'range',
    'user-agent',
  ])
  expect(headers['host']).toBe(new URL(other.url).host)
})

test('[H-HTTP-16] credentials of the client and of the URL stay with their origin', async () => {
  await using other = await startHttpServer()
  await using server = await startHttpServer({ routes: { '/go': to(`${other.url}/echo`) } })
  await using client = http.createClient({ auth: http.bearer('token-of-mine') })
  for (const call of [
    client.get(`${server.url}/go`),
    http.get(`${server.url.replace('//', '//ada:lovelace-1815@')}/go`),
    http.get(`${server.url}/go`, { user: 'ada', password: 'lovelace-1815' }),
  ]) {
    const { headers } = await call.json<Echo>()
    expect(headers['authorization']).toBeUndefined()
    expect(server.received.at(-1)!.headers.authorization).toMatch(/^B/)
  }
})

test('the same origin keeps them', async () => {
  await using server = await startHttpServer({ routes: { '/go': to('/echo') } })
  const { headers } = await http.get(`${server.url}/go`, { headers: secretHeaders }).json<Echo>()
  expect(headers).toMatchObject(secretHeaders)
})

test('[H-HTTP-17] dropped headers do not come back with a redirect back', async () => {
  let go: Reply = {}
  await using server = await startHttpServer({ routes: { '/go': () => go } })
  await using other = await startHttpServer({ routes: { '/back': to(`${server.url}/echo`) } })
  go = to(`${other.url}/back`)
  const { headers } = await http.get(`${server.url}/go`, { headers: secretHeaders }).json<Echo>()
  expect(headers['authorization']).toBeUndefined()
  expect(headers['x-api-key']).toBeUndefined()
  expect(server.received).toHaveLength(2)
})

test.each([307, 308])(
  '[HTTP-18][H-HTTP-21] %i with a body that was read is an error, never an empty body',
  async (status) => {
    await using server = await startHttpServer()
    const body = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('once')
    }
    const call = http.post(`${server.url}/redirect/${status}?to=/echo`, { body: body() })
    const error: unknown = await call.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StateError)
    expect(error).toMatchObject({
      code: 'NET_BODY_NOT_REPLAYABLE',
      message: expect.stringContaining(`redirected with ${status}`),
    })
    expect(server.received).toHaveLength(1)
    const again = await http
      .post(`${server.url}/redirect/${status}?to=/echo`, { body })
      .json<Echo>()
    expect(again).toMatchObject({ method: 'POST', body: 'once' })
  },
)

test('a body that was not read yet can be sent to the new target', async () => {
  const sent: string[] = []
  const handler: http.Handler = async ({ url, body }) => {
    sent.push(url.pathname)
    return url.pathname === '/'
      ? http.createResponse({ status: 307, headers: { location: '/next' } })
      : http.createResponse({ text: String(body?.begun) })
  }
  await using client = http.createClient({ handler })
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('once')
  }
  expect(await client.post('https://shop.test/', { body: body() }).text()).toBe('false')
  expect(sent).toEqual(['/', '/next'])
})

test('a secret in the Location is struck out of texts', async () => {
  const token = canary('location')
  const handler: http.Handler = async ({ url }) =>
    url.pathname === '/'
      ? http.createResponse({ status: 302, headers: { location: `/next?access_token=${token}` } })
      : http.createResponse({ text: redact(`it is ${token}`) })
  await using client = http.createClient({ handler })
  expect(await client.get('https://shop.test/').text()).toBe('it is [secret]')
})

test('a secret in the address that a server redirects to is struck out of the texts of its call, and of no other’s', async () => {
  const token = 'tok-of-the-redirect-4711'
  await using server = await startHttpServer({
    routes: { '/from': to(`/json?access_token=${token}`) },
  })
  await using client = http.createClient({ baseUrl: server.url })
  const response = await client.get('/from')
  expect(response.url).toContain(token)
  expect(redact(token, [nextId()])).toBe(token)
  expect(redact(token)).toBe('[secret]')
})

test('[HTTP-34] a hook sees each redirect, and stops, changes or follows it', async () => {
  await using server = await startHttpServer({ routes: { '/a': to('/b'), '/b': to('/echo', 307) } })
  await using client = http.createClient({ baseUrl: server.url })
  const seen: unknown[] = []
  const following = await client.get('/a', {
    redirect: {
      onRedirect: (next, from) => {
        seen.push([from.status, next.url.pathname])
        return true
      },
    },
  })
  expect([seen, following.history.length]).toEqual([
    [
      [302, '/b'],
      [307, '/echo'],
    ],
    2,
  ])
  const stopped = await client.get('/a', {
    redirect: { onRedirect: ({ url }) => url.pathname !== '/echo' },
  })
  expect([stopped.status, stopped.headers.get('location'), stopped.history.length]).toEqual([
    307,
    '/echo',
    1,
  ])
  const changed = client.get('/a', {
    redirect: { onRedirect: (next) => next.with({ headers: { 'x-mine': next.url.pathname } }) },
  })
  expect((await changed.json<Echo>()).headers['x-mine']).toBe('/echo')
})

test('what a hook throws is the error, and what it gives must be a decision', async () => {
  await using server = await startHttpServer({ routes: { '/a': to('/json') } })
  await using client = http.createClient({ baseUrl: server.url })
  const mine = new Error('mine')
  const throwing = (): never => {
    throw mine
  }
  await expect(client.get('/a', { redirect: { onRedirect: throwing } })).rejects.toBe(mine)
  const undecided = (async () => true) as never
  await expect(client.get('/a', { redirect: { onRedirect: undecided } })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
})

test('what a hook puts in the place of a request to another origin comes not back with its secrets', async () => {
  await using other = await startHttpServer()
  await using server = await startHttpServer({ routes: { '/a': to(`${other.url}/echo`) } })
  await using client = http.createClient({
    baseUrl: server.url,
    auth: http.bearer('token-of-mine'),
  })
  const echo = await client
    .get('/a', { redirect: { onRedirect: (next) => next.with({ headers: { 'x-mine': '1' } }) } })
    .json<Echo>()
  expect([echo.headers['authorization'], echo.headers['x-mine']]).toEqual([undefined, '1'])
})
