import { once } from 'node:events'

import { tcpDialer, toSocket } from '@net/socket'
import { memoryPair, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { NodeSocket } from '../src/node-socket.ts'

test('a TCP transport gives its own socket, which behaves as Node makes them', async () => {
  await using server = await startEchoServer()
  const transport = await tcpDialer().dial(server.address)
  const { duplex } = transport
  const socket = toSocket(transport)
  expect([socket === duplex, socket.allowHalfOpen]).toEqual([true, false])
  socket.write('ping')
  expect(String((await once(socket, 'data'))[0])).toBe('ping')
  socket.end()
  await once(socket, 'close')
})

test('a transport without a socket gets one that works over it', async () => {
  const [ours, theirs] = memoryPair()
  expect(ours.release?.()).toBeUndefined()
  const socket = toSocket(ours)
  expect(socket).toBeInstanceOf(NodeSocket)
  void theirs.write([Buffer.from('ping')])
  expect(String((await once(socket, 'data'))[0])).toBe('ping')
  socket.destroy()
})
