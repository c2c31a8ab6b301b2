import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'

import { expect, test } from 'vitest'

import { resetOf, socketInfo } from '../src/socket-info.ts'

test('[SOCK-26] both addresses are known, and stay so when the socket is closed', async () => {
  await using server = createServer((socket) => void socket.resume().on('error', () => {}))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const { localPort } = socket
  const endpoint = { scheme: 'tcp', host: 'localhost', port }
  const info = socketInfo(socket, endpoint)
  resetOf(socket)?.(socket)
  await once(socket, 'close')
  expect(info).toEqual({
    endpoint,
    hops: [],
    encrypted: false,
    local: { scheme: 'tcp', host: '127.0.0.1', port: localPort },
    remote: { scheme: 'tcp', host: '127.0.0.1', port },
  })
})

test('a socket whose end is on its way is closed instead of reset', async () => {
  await using server = createServer((socket) => void socket.resume())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const reset = resetOf(socket)
  socket.end('goodbye')
  reset?.(socket)
  await once(socket, 'close')
  expect(socket.destroyed).toBe(true)
})
