import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { tcpDialer } from '@net/socket'
import { createCertificates, faulty } from '@net/socket/testing'
import { expect, test } from 'vitest'

test('[HTTP-58][HTTP-61] a client against a real server, a handler instead of one, and what the server saw', async () => {
  await using server = await startHttpServer({
    routes: {
      'POST /orders': ({ query }) => ({ status: 201, body: query.get('id') ?? '' }),
      '/orders': { body: 'any' },
    },
  })
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const made = await http.post(`${server.url}/orders?id=7`, { json: { a: 1 } })
  expect([made.status, await made.text()]).toEqual([201, '7'])
  expect(await http.get(`${server.url}/orders`).text()).toBe('any')
  const [seen] = server.received
  expect(seen).toMatchObject({
    method: 'POST',
    path: '/orders',
    headers: { 'content-type': 'application/json' },
    size: 7,
  })
  expect(Buffer.from(seen!.body).toString()).toBe('{"a":1}')
  const handler: http.Handler = async ({ url }) => http.createResponse({ text: url.pathname })
  await using client = http.createClient({ handler })
  expect(await client.get('https://app.test/in-process').text()).toBe('/in-process')
})

test('closing ends every connection', async () => {
  const server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  const response = await client.get('/bytes/100000000')
  expect(server.connections).toBe(1)
  await server.close()
  expect(server.connections).toBe(0)
  await expect(response.bytes()).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE' })
})

test('a client that is cut off within its request leaves no connection behind, with TLS either', async () => {
  const certificates = createCertificates()
  await using plain = await startHttpServer()
  await using sealed = await startHttpServer({ tls: certificates.issue() })
  for (const server of [plain, sealed]) {
    const cut = faulty(tcpDialer(), { on: 'send', after: 30_000, do: 'reset' })
    await using client = http.createClient({ dialer: cut, tls: { ca: certificates.ca } })
    const sent = client.post(`${server.url}/echo`, { body: new Uint8Array(50_000) })
    await expect(sent).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
    await expect.poll(() => server.connections).toBe(0)
  }
})

test('a path without a route is a 404', async () => {
  await using server = await startHttpServer()
  await expect(http.get(`${server.url}/nothing`)).rejects.toMatchObject({
    status: 404,
    reply: { text: 'there is no /nothing\n' },
  })
})

test('a route that throws is a 500 that says so', async () => {
  const broken = () => {
    throw new Error('oops')
  }
  await using server = await startHttpServer({ routes: { '/broken': broken } })
  await expect(http.get(`${server.url}/broken`, { retry: false })).rejects.toMatchObject({
    status: 500,
    reply: { text: 'the route of GET /broken failed: oops\n' },
  })
})

test('a route that throws within its body breaks its connection', async () => {
  const half = async function* () {
    yield 'half'
    throw new Error('oops')
  }
  await using server = await startHttpServer({ routes: { '/broken': () => ({ body: half() }) } })
  await expect(http.get(`${server.url}/broken`, { retry: false }).text()).rejects.toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
  })
})

test('TLS needs a certificate', async () => {
  await using server = await startHttpServer({ tls: createCertificates().issue() })
  expect(server.url).toMatch(/^https:/)
  await expect(startHttpServer({ tls: {} })).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
})
