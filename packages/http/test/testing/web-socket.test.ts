import * as http from '@net/http'
import { acceptWebSocket, startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

test('an echo is always there, and a request for none is told what is', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  await using socket = await client.webSocket('/websocket', { protocols: ['other', 'echo'] })
  await socket.send('hello')
  expect(await socket.receive()).toBe('hello')
  expect(socket.protocol).toBe('echo')
  const plain = client.get('/websocket')
  await expect(plain).rejects.toMatchObject({ status: 426 })
})

test('a route that returns closes in order, one that throws cuts off', async () => {
  await using server = await startHttpServer({
    routes: {
      '/fine': (request) => acceptWebSocket(request, (socket) => socket.send('bye')),
      '/broken': (request) =>
        acceptWebSocket(request, () => {
          throw new Error('broken')
        }),
    },
  })
  await using client = http.createClient({ baseUrl: server.url })
  const fine = await client.webSocket('/fine')
  expect(await Array.fromAsync(fine)).toEqual(['bye'])
  expect(fine.end).toEqual({ code: 1000, reason: '' })
  const broken = await client.webSocket('/broken')
  expect((await broken.closed)?.code).toMatch(/^NET_CONN_/)
  expect(broken.end?.code).toBe(1006)
})

test('options of another kind are refused', () => {
  const request = { headers: {} } as Parameters<typeof acceptWebSocket>[0]
  expect(() => acceptWebSocket(request, () => {}, { protocol: 'a' } as object)).toThrow('protocols')
})
