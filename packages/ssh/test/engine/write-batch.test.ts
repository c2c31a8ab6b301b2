import { createServer, connect as connectTo, type AddressInfo, type Socket } from 'node:net'

import { expect, test } from 'vitest'

import { batchWrites } from '../../src/engine/write-batch.ts'

test('the pieces of one tick arrive in their order, and so does what is written just before the end', async () => {
  const received: Buffer[] = []
  const server = createServer((socket: Socket) => {
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('end', () => server.close())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const socket = connectTo((server.address() as AddressInfo).port, '127.0.0.1')
  await new Promise((resolve) => {
    socket.once('connect', resolve)
  })
  let calls = 0
  const writev = socket._writev?.bind(socket)
  Object.defineProperty(socket, '_writev', {
    value: (...args: Parameters<NonNullable<Socket['_writev']>>) => {
      calls += 1
      writev?.(...args)
    },
  })
  batchWrites(socket)
  for (const piece of ['a', 'b', 'c']) socket.write(Buffer.from(piece))
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  expect(calls).toBe(1)
  for (const piece of ['d', 'e']) socket.write(Buffer.from(piece))
  socket.end()
  await new Promise((resolve) => {
    server.once('close', resolve)
  })
  expect(Buffer.concat(received).toString()).toBe('abcde')
})
