import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
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
