import { createHash } from 'node:crypto'

import * as http from '@net/http'
import { startHttpServer, type HttpServer, type Route } from '@net/http/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { trailersOf } from '../src/trailers.ts'

const authority = createCertificates()

/** Servers of both versions, each with a client. */
async function* both(route: Route): AsyncGenerator<readonly [HttpServer, http.HttpClient]> {
  for (const http2 of [false, true]) {
    const routes = { '/': route }
    await using server = await startHttpServer({ tls: authority.issue(), http2, routes })
    const tls = { ca: authority.ca }
    await using client = http.createClient({ baseUrl: server.url, tls, http2 })
    yield [server, client]
  }
}

test('[HTTP-31] the fields behind the body of a response', async () => {
  const route: Route = {
    body: ['some ', 'text'],
    coding: 'gzip',
    trailers: { 'x-end': 'here', 'x-sum': '7' },
  }
  for await (const [, client] of both(route)) {
    const response = await client.get('/')
    expect(await response.text()).toBe('some text')
    expect([...response.trailers]).toEqual([
      ['x-end', 'here'],
      ['x-sum', '7'],
    ])
    const unread = await client.get('/json')
    expect(unread.trailers.size).toBe(0)
    expect(unread.headers.get('x-end')).toBeUndefined()
  }
})

test('[HTTP-31] fields behind the body of a request, made when all of it has left', async () => {
  const route: Route = async (_request, { bytes }) => ({ body: await bytes() })
  for await (const [server, client] of both(route)) {
    const hash = createHash('sha256')
    const body = async function* (): AsyncGenerator<Uint8Array> {
      for (const piece of ['a', 'b', 'c']) {
        hash.update(piece)
        yield Buffer.from(piece)
      }
    }
    const trailers = (): http.HeaderFields => ({ 'x-sum': hash.digest('hex').slice(0, 8) })
    expect(await client.post('/', { body, trailers }).text()).toBe('abc')
    expect(await client.put('/', { body: 'text', trailers: { 'x-end': 'here' } }).text()).toBe(
      'text',
    )
    expect(await client.get('/', { trailers: { 'x-end': 'here' } }).text()).toBe('')
    expect(server.received.map(({ trailers }) => trailers)).toEqual([
      ['x-sum', 'ba7816bf'],
      ['x-end', 'here'],
      [],
    ])
    expect(server.received[1]?.headers['content-length']).toBeUndefined()
  }
})

test('what a server reads before the body is no trailer', async () => {
  for (const name of [
    'content-length',
    'Authorization',
    'transfer-encoding',
    'proxy-connection',
    'HTTP2-Settings',
  ])
    expect(() => trailersOf({ [name]: '1' })).toThrow(
      expect.objectContaining({ code: 'NET_BAD_HEADER' }),
    )
  await expect(
    http.post('http://127.0.0.1:1/', { body: 'a', trailers: { 'content-type': 'b' } }),
  ).rejects.toMatchObject({ code: 'NET_BAD_HEADER' })
})

test.each([
  ['two dates', { date: ['a', 'b'] }],
  ['two tags', { etag: ['"1"', '"2"'] }],
])('over HTTP/2 trailers that Node refuses, %s, fail their call alone', async (_, trailers) => {
  const routes: Record<string, Route> = { '/': async (_, { bytes }) => ({ body: await bytes() }) }
  await using server = await startHttpServer({ tls: authority.issue(), http2: true, routes })
  const tls = { ca: authority.ca }
  await using client = http.createClient({ baseUrl: server.url, tls, http2: true })
  for (const given of [trailers, () => trailers])
    await expect(client.put('/', { body: 'a', trailers: given })).rejects.toMatchObject({
      code: 'NET_BAD_HEADER',
    })
  expect(await client.get('/json').json()).toMatchObject({ id: 1 })
})

test('a function that throws fails the call with its own error, and the server has no complete request', async () => {
  await using server = await startHttpServer({
    routes: { '/': async (_, { bytes }) => ({ body: await bytes() }) },
  })
  const mine = new Error('no sum')
  const trailers = (): never => {
    throw mine
  }
  await expect(http.put(server.url, { body: 'abc', trailers, retry: false })).rejects.toBe(mine)
  await expect.poll(() => server.received[0]?.complete).toBe(false)
  await expect.poll(() => server.connections).toBe(0)
  expect(server.received[0]?.complete).toBe(false)
})
