import { once } from 'node:events'
import { connect as connectBare, createServer, type AddressInfo, type Socket } from 'node:net'

import { tcpDialer, toSocket } from '@net/socket'
import { lendReads } from '@net/socket/authoring'
import { expect, test } from 'vitest'

test('what a socket of ours reads is lent, to the end; another socket reads as before', async () => {
  const server = createServer((socket) => socket.end('hello to all')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const endpoint = { scheme: 'tcp', host: '127.0.0.1', port }
  const socket = toSocket(await tcpDialer().dial(endpoint))
  let heard = ''
  const memory = new Set<ArrayBufferLike>()
  const take = (chunk: Buffer): void => {
    heard += String(chunk)
    memory.add(chunk.buffer)
  }
  expect(lendReads(socket, take)).toBe(true)
  socket.resume()
  await once(socket, 'end')
  expect([heard, memory.size]).toEqual(['hello to all', 1])
  const bare: Socket = connectBare(port, '127.0.0.1')
  expect(lendReads(bare, take)).toBe(false)
  const [chunk] = (await once(bare, 'data')) as [Buffer]
  expect(String(chunk)).toBe('hello to all')
  server.close()
  await once(server, 'close')
})
