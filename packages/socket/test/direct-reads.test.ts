import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

import { expect, test } from 'vitest'

import { connectSocket } from '../src/connect-socket.ts'
import { directReads, type DirectReader } from '../src/direct-reads.ts'

test('a socket that nobody reads by hand gives its bytes as any other one', async () => {
  await using pair = await connected()
  const sent = numbered(3_000_000)
  pair.peer.end(sent)
  const chunks: Buffer[] = []
  for await (const chunk of pair.socket) chunks.push(chunk as Buffer)
  expect(Buffer.concat(chunks).equals(sent)).toBe(true)
})

test('paused, it keeps no more than its own buffer holds', async () => {
  await using pair = await connected()
  pair.socket.pause()
  pair.peer.end(numbered(8_000_000))
  await quiet(pair.socket)
  expect(pair.socket.readableLength).toBeLessThanOrEqual(2 * pair.socket.readableHighWaterMark)
  pair.socket.resume()
  await once(pair.socket, 'end')
  expect(pair.socket.bytesRead).toBe(8_000_000)
})

test('bytes of sockets that are read at the same time do not mix', async () => {
  const pairs = await Promise.all([connected(), connected(), connected()])
  const received = await Promise.all(
    pairs.map(async ({ socket, peer }, number) => {
      peer.end(Buffer.alloc(1_000_000, number + 1))
      const chunks: Buffer[] = []
      for await (const chunk of socket) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks)
    }),
  )
  received.forEach((bytes, number) => {
    expect(bytes.equals(Buffer.alloc(1_000_000, number + 1))).toBe(true)
  })
  for (const pair of pairs) await pair[Symbol.asyncDispose]()
})

test('a reader by hand has it read into memory of its own, and says when it has enough', async () => {
  await using pair = await connected()
  const memory = new Uint8Array(10)
  const seen: string[] = []
  const reader: DirectReader = {
    memory: () => memory,
    filled(into, size, shared) {
      seen.push(Buffer.from(into.subarray(0, size)).toString())
      // Only the first read goes where all sockets read, as its memory was asked for before.
      expect([into === memory, shared]).toEqual(seen.length === 1 ? [false, true] : [true, false])
      return seen.length < 2
    },
  }
  const reads = directReads(pair.socket)
  if (reads !== undefined) reads.reader = reader
  pair.peer.write('one')
  while (seen.length < 1) await turn()
  pair.peer.write('two and more')
  while (seen.length < 2) await turn()
  await quiet(pair.socket)
  expect(seen).toEqual(['one', 'two and mo'])
  pair.socket.read(0)
  while (seen.length < 3) await turn()
  expect(seen).toEqual(['one', 'two and mo', 're'])
})

async function connected() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const [[peer], socket] = (await Promise.all([
    once(server, 'connection'),
    connectSocket({ port, host: '127.0.0.1' }).connected,
  ])) as [[Socket], Socket]
  return {
    socket,
    peer,
    async [Symbol.asyncDispose]() {
      for (const each of [socket, peer]) each.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Bytes of which no two neighbouring blocks are the same. */
function numbered(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE(at, at)
  return bytes
}

/** Waits until the socket takes no more bytes from the system. */
async function quiet(socket: Socket): Promise<void> {
  for (let same = 0, before = -1; same < 50;) {
    await turn()
    same = socket.bytesRead === before ? same + 1 : 0
    before = socket.bytesRead
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
