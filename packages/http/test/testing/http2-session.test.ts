import { once } from 'node:events'
import { connect, constants, type ClientHttp2Session } from 'node:http2'

import * as http from '@net/http'
import { startHttpServer, type HttpServer, type HttpServerOptions } from '@net/http/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

const authority = createCertificates()

interface Stage extends AsyncDisposable {
  readonly server: HttpServer
  readonly client: http.HttpClient
}

async function stage(options: HttpServerOptions = {}): Promise<Stage> {
  const server = await startHttpServer({ tls: authority.issue(), http2: true, ...options })
  const tls = { ca: authority.ca }
  const client = http.createClient({ baseUrl: server.url, tls, http2: true })
  return {
    server,
    client,
    async [Symbol.asyncDispose]() {
      await client.close({ grace: 0 })
      await server.close()
    },
  }
}

test('the same routes, many at once over one connection', async () => {
  await using it = await stage()
  const response = await it.client.get('/json')
  expect([response.protocol, await response.json()]).toMatchObject(['h2', { id: 1 }])
  const sizes = Array.from({ length: 20 }, (_, at) => at * 10_000)
  const bodies = await Promise.all(sizes.map((size) => it.client.get(`/bytes/${size}`).bytes()))
  expect(bodies.map(({ length }) => length)).toEqual(sizes)
  const body = Buffer.alloc(3_000_000, 'abc')
  expect(await it.client.put('/hash', { body }).json()).toMatchObject({ size: body.length })
  expect(await it.client.post('/echo', { body: 'hi' }).json()).toMatchObject({ body: 'hi' })
  expect(it.server.accepted).toBe(1)
  const { host } = new URL(it.server.url)
  expect(it.server.received[0]).toMatchObject({ method: 'GET', path: '/json', headers: { host } })
})

test('interim responses, trailers, codings and parts', async () => {
  await using it = await stage({ files: { '/a.txt': 'abcdef' } })
  const heard: number[] = []
  const onInterim = ({ status }: { readonly status: number }): void => void heard.push(status)
  expect(await it.client.get('/interim/103', { onInterim }).text()).toBe('after it\n')
  expect(heard).toEqual([103])
  expect(await it.client.get('/trailers').text()).toBe('then trailers\n')
  expect(await it.client.get('/coded/br?size=4').text()).toBe('net ')
  const part = await it.client.get('/a.txt', { headers: { range: 'bytes=1-2' } })
  expect([part.status, await part.text()]).toEqual([206, 'bc'])
  expect((await it.client.head('/a.txt')).headers.get('content-length')).toBe('6')
})

test('trailers of a reply that Node refuses end their stream alone', async () => {
  const body = ['a', 'b']
  await using it = await stage({
    routes: {
      '/spaced': { body, trailers: { 'x y': '1' } },
      '/te': { body, trailers: { te: 'x' } },
    },
  })
  for (const path of ['/spaced', '/te'])
    await expect(it.client.get(path).text()).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE' })
  expect(await it.client.get('/json').json()).toMatchObject({ id: 1 })
})

test.each([
  ['drop', 'NET_CONN_CLOSED'],
  ['reset', 'NET_CONN_RESET'],
] as const)('%s instead of an answer', async (action, code) => {
  await using it = await stage()
  it.server.fail({ do: action })
  await expect(it.client.get('/json', { retry: false })).rejects.toMatchObject({ code })
  expect((await it.client.get('/json')).status).toBe(200)
})

test.each([
  ['drop', 'NET_PROTO_INCOMPLETE'],
  ['reset', 'NET_PROTO_INCOMPLETE'],
  ['half-close', 'NET_PROTO_MALFORMED'],
] as const)('%s within a body', async (action, code) => {
  await using it = await stage()
  it.server.fail({ do: action, after: 5000 })
  const error: unknown = await it.client
    .get('/bytes/100000', { retry: false })
    .bytes()
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code, received: 5000 })
})

test('a route that cannot be, and a client of HTTP/1.1', async () => {
  await using it = await stage({ routes: { '/raw': { raw: 'x' } } })
  await expect(it.client.get('/raw', { retry: false })).rejects.toMatchObject({
    code: expect.stringMatching(/^NET_/) as string,
  })
  await using plain = http.createClient({ tls: { ca: authority.ca } })
  const response = await plain.get(`${it.server.url}/json`)
  expect([response.protocol, response.status]).toEqual(['http/1.1', 200])
})

/** A bare session of Node's, as a client that does what ours never would. */
function bareSession(server: HttpServer): ClientHttp2Session {
  const session = connect(server.url, { ca: authority.ca })
  session.on('error', () => {})
  return session
}

/** Asks for what never ends, and cancels it once it is being answered. */
async function cancelled(session: ClientHttp2Session): Promise<void> {
  const stream = session.request({ ':path': '/drip' })
  stream.on('error', () => {})
  await once(stream, 'response')
  stream.close(constants.NGHTTP2_CANCEL)
  await once(stream, 'close')
}

test('[H-HTTP-29] a client that cancels one request after the other is told to enhance its calm', async () => {
  await using it = await stage({ limits: { resets: 3 } })
  const session = bareSession(it.server)
  const left = once(session, 'goaway')
  for (let count = 0; count < 4; count++) await cancelled(session)
  const [code] = await left
  expect(code).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM)
  // Others are served as before.
  expect((await it.client.get('/json')).status).toBe(200)
})

test('[H-HTTP-29] a head beyond the limit is refused, and the connection goes on', async () => {
  await using it = await stage({ limits: { headBytes: 1000 } })
  const session = bareSession(it.server)
  const stream = session.request({ ':path': '/json', 'x-long': 'x'.repeat(2000) })
  stream.on('error', () => {})
  await new Promise((resolve) => stream.once('close', resolve))
  expect(stream.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM)
  expect(it.server.received).toEqual([])
  const other = session.request({ ':path': '/json' })
  const [headers] = await once(other, 'response')
  expect(headers).toMatchObject({ ':status': 200 })
  session.destroy()
})

test('closing the server ends its streams', async () => {
  await using it = await stage()
  const response = await it.client.get('/drip')
  await it.server.close()
  await expect(response.text()).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE' })
})
