import { createServer, connect as connectTo, type AddressInfo, type Socket } from 'node:net'

import { expect, test } from 'vitest'

import { batchWrites } from '../../src/engine/write-batch.ts'

/** A socket that batches, how many system calls its writes cost, and what arrives until it ends. */
async function batched(): Promise<{ socket: Socket; calls: string[]; received: Promise<Buffer> }> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const received = new Promise<Buffer>((resolve) => {
    server.once('connection', (peer: Socket) => {
      const chunks: Buffer[] = []
      peer.on('data', (chunk: Buffer) => chunks.push(chunk))
      peer.on('close', () => {
        server.close()
        resolve(Buffer.concat(chunks))
      })
    })
  })
  const socket = connectTo((server.address() as AddressInfo).port, '127.0.0.1')
  await new Promise((resolve) => {
    socket.once('connect', resolve)
  })
  const calls: string[] = []
  for (const name of ['_write', '_writev'] as const) {
    const call = Reflect.get(socket, name) as (...args: unknown[]) => void
    Object.defineProperty(socket, name, {
      value: (...args: unknown[]) => {
        calls.push(name)
        call.apply(socket, args)
      },
    })
  }
  batchWrites(socket)
  return { socket, calls, received }
}

test('the pieces of one tick arrive in their order, and so does what is written just before the end', async () => {
  const { socket, calls, received } = await batched()
  for (const piece of ['a', 'b', 'c']) socket.write(Buffer.from(piece))
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  expect(calls).toEqual(['_write'])
  for (const piece of ['d', 'e']) socket.write(piece)
  socket.end()
  expect((await received).toString()).toBe('abcde')
})

test('bytes may change once they are written, and so may those of later ticks', async () => {
  const { socket, received } = await batched()
  const piece = Buffer.alloc(50_000)
  for (let at = 0; at < 40; at++) {
    socket.write(piece.fill(at))
    if (at % 3 === 2) {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
  }
  socket.end()
  const wanted = Array.from({ length: 40 }, (_, at) => Buffer.alloc(50_000, at))
  expect((await received).equals(Buffer.concat(wanted))).toBe(true)
})

test('a large batch arrives whole, and nothing is written once the socket is destroyed', async () => {
  const { socket, calls, received } = await batched()
  const piece = Buffer.alloc(40_000, 'x')
  for (let at = 0; at < 3; at++) socket.write(piece)
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  expect(calls).toEqual(['_writev'])
  socket.end()
  expect(await received).toHaveLength(120_000)
  const failures: Error[] = []
  socket.on('error', (error) => failures.push(error))
  socket.write(piece)
  socket.destroy()
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  expect(failures).toEqual([])
})
