import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

import { expect, test } from 'vitest'

import { connectSocket } from '../src/connect-socket.ts'
import { failure } from './support.ts'

test('it connects, with nothing of ours left on the socket', async () => {
  await using peer = await listening()
  const { connected } = connectSocket({ host: '127.0.0.1', port: peer.port })
  const socket = await connected
  expect([
    socket.listenerCount('error'),
    socket.listenerCount('connect'),
    socket.allowHalfOpen,
  ]).toEqual([0, 0, true])
  socket.destroy()
})

test('a refusal is Node’s own error', async () => {
  let port: number
  {
    await using peer = await listening()
    port = peer.port
  }
  expect((await failure(connectSocket({ host: '127.0.0.1', port }).connected)).code).toBe(
    'ECONNREFUSED',
  )
})

test('bad options reject and do not throw', async () => {
  const { connected, cancel } = connectSocket({ host: '127.0.0.1', port: 70_000 })
  expect((await failure(connected)).code).toBe('ERR_SOCKET_BAD_PORT')
  cancel()
})

test('stopped, it leaves no socket, before and after it has connected', async () => {
  await using peer = await listening()
  const early = connectSocket({ host: '127.0.0.1', port: peer.port })
  early.cancel()
  const late = connectSocket({ host: '127.0.0.1', port: peer.port })
  const socket = await late.connected
  late.cancel()
  late.cancel()
  expect(socket.destroyed).toBe(true)
})

/** Its disposal waits until every connection is gone. */
async function listening() {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}
