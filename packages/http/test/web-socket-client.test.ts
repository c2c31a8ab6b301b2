import { setImmediate as turn } from 'node:timers/promises'

import * as http from '@net/http'
import { acceptWebSocket, startHttpServer } from '@net/http/testing'
import { createCertificates, startConnectServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

test('[HTTP-59] over TLS, through a proxy, with what the client has', async () => {
  const authority = createCertificates()
  await using server = await startHttpServer({ tls: authority.issue() })
  await using proxy = await startConnectServer()
  await using client = http.createClient({
    tls: { ca: authority.ca },
    proxy: proxy.url,
    headers: { 'x-client': '1' },
  })
  const url = server.url.replace('https:', 'wss:')
  await using socket = await client.webSocket(`${url}/websocket`, { params: { a: 1 } })
  await socket.send('through')
  expect(await socket.receive()).toBe('through')
  expect(server.received[0]).toMatchObject({
    path: '/websocket',
    headers: { 'x-client': '1', 'sec-websocket-version': '13' },
  })
  expect([...server.received[0]!.query]).toEqual([['a', '1']])
})

test('[HTTP-59] a plain WebSocket goes through a tunnel of the proxy, which learns its login and nothing else', async () => {
  await using server = await startHttpServer()
  await using proxy = await startConnectServer({ users: { me: 'of-proxy' } })
  const { port } = new URL(proxy.url)
  await using client = http.createClient({ proxy: `http://me:of-proxy@127.0.0.1:${port}` })
  const url = `${server.url.replace('http:', 'ws:')}/websocket`
  await using socket = await client.webSocket(url)
  await socket.send('through')
  expect(await socket.receive()).toBe('through')
  expect(server.received[0]?.target).toBe('/websocket')
  expect(server.received[0]?.headers['proxy-authorization']).toBeUndefined()
  expect(proxy.received).toHaveLength(1)
})

test('[HTTP-59] redirects are followed, within an origin with the login and to another one without it', async () => {
  const authority = createCertificates()
  await using other = await startHttpServer({ tls: authority.issue() })
  await using server = await startHttpServer({
    routes: {
      '/moved': { status: 302, headers: { location: '/websocket' } },
      '/away': { status: 307, headers: { location: `${other.url}/websocket` } },
      '/loop': { status: 302, headers: { location: '/loop' } },
    },
  })
  await using client = http.createClient({
    baseUrl: server.url,
    tls: { ca: authority.ca },
    auth: http.bearer('of-server'),
  })
  for (const path of ['/moved', '/away']) {
    await using socket = await client.webSocket(path, { protocols: ['echo'] })
    await socket.send(path)
    expect([await socket.receive(), socket.protocol]).toEqual([path, 'echo'])
  }
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual(
    server.received.map(() => 'Bearer of-server'),
  )
  expect(other.received.map(({ headers }) => headers.authorization)).toEqual([undefined])
  await expect(client.webSocket('/loop')).rejects.toMatchObject({ code: 'NET_REDIRECT_LIMIT' })
  const still = client.webSocket('/moved', { redirect: false })
  await expect(still).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  await using secure = http.createClient({ tls: { ca: authority.ca } })
  other.fail({ do: { reply: { status: 302, headers: { location: `${server.url}/websocket` } } } })
  const down = secure.webSocket(`${other.url}/websocket`)
  await expect(down).rejects.toMatchObject({ code: 'NET_REDIRECT_FORBIDDEN' })
})

test('an answer that was not asked for ends the connection', async () => {
  await using server = await startHttpServer({
    routes: {
      '/ws': {
        status: 101,
        headers: { upgrade: 'websocket', connection: 'upgrade', 'sec-websocket-accept': 'AAAA' },
        connection: async (connection) => {
          for await (const chunk of connection) void chunk
        },
      },
    },
  })
  await using client = http.createClient({ baseUrl: server.url })
  await expect(client.webSocket('/ws')).rejects.toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
    operation: 'webSocket',
    target: `${server.url}/ws`,
  })
})

test('messages that were sent before a close leave before its goodbye, also where none was waited for', async () => {
  const sizes: number[] = []
  await using server = await startHttpServer({
    routes: {
      '/ws': (request) =>
        acceptWebSocket(request, async (socket) => {
          for await (const { length } of socket) sizes.push(length)
        }),
    },
  })
  await using client = http.createClient()
  const socket = await client.webSocket(`${server.url}/ws`)
  const wanted = Array.from({ length: 8 }, (_, at) => 1_000_000 + at)
  const sent = wanted.map((size) => socket.send(new Uint8Array(size)))
  await socket.close({ grace: 20_000 })
  await Promise.all(sent)
  expect(sizes).toEqual(wanted)
  await expect(socket.send('late')).rejects.toMatchObject({ code: 'NET_CLOSED' })
})

test('[HTTP-59] nothing is lost of what comes compressed before the first look, nor behind a loop that was left', async () => {
  await using server = await startHttpServer({
    routes: {
      '/ws': (request) =>
        acceptWebSocket(
          request,
          async (socket) => {
            for (const text of ['one', 'two', 'three']) await socket.send(text)
            await socket.close({ code: 1000, reason: 'bye' })
          },
          { compress: true },
        ),
    },
  })
  await using client = http.createClient({ baseUrl: server.url })
  const socket = await client.webSocket('/ws', { compress: true })
  for (let turns = 0; turns < 20; turns++) await turn()
  const seen: unknown[] = []
  for await (const message of socket) {
    seen.push(message)
    break
  }
  for (let turns = 0; turns < 20; turns++) await turn()
  for await (const message of socket) seen.push(message)
  expect(seen).toEqual(['one', 'two', 'three'])
  expect([socket.compressed, socket.end]).toEqual([true, { code: 1000, reason: 'bye' }])
})
