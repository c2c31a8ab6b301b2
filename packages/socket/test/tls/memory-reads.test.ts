import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { connect as connectTls, createServer, type TLSSocket } from 'node:tls'

import { netError } from '@net/core/authoring'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { SocketInput } from '../../src/socket-input.ts'
import type { ByteReceiver, Inflow } from '../../src/transport.ts'

const certificates = createCertificates()

test('what arrives over TLS is read into memory of the receiver’s', async () => {
  await using pair = await connected()
  const receiver = new Filling(() => true)
  pair.deliverTo(receiver)
  pair.peer.end(numbered(1_000_000))
  await receiver.isOver.promise
  expect(receiver.content().equals(numbered(1_000_000))).toBe(true)
  // Only the first read goes elsewhere, as its memory was asked for before.
  expect(receiver.foreign).toBeLessThanOrEqual(1)
})

test('a receiver that has no room at times gets every byte over TLS in its place', async () => {
  await using pair = await connected()
  const receiver = new Filling((count) => count % 3 !== 0)
  const inflow = pair.deliverTo(receiver)
  receiver.full = () => setImmediate(() => inflow.resume())
  // Records of any size: those that are deciphered already come also when there is no room.
  const sent = numbered(3_000_000)
  for (let at = 0, size = 1; at < sent.length; at += size, size = (size * 7) % 40_001) {
    pair.peer.write(sent.subarray(at, at + size))
  }
  pair.peer.end()
  await receiver.isOver.promise
  expect(receiver.content().equals(sent)).toBe(true)
})

test('what comes behind the receiver is read from the socket as before', async () => {
  await using pair = await connected()
  const receiver = new Filling(() => true)
  const inflow = pair.deliverTo(receiver)
  pair.peer.write('first')
  while (receiver.content().length < 5) await turn()
  void inflow.stop()
  pair.input.release()
  pair.peer.end('second')
  const chunks: Buffer[] = []
  for await (const chunk of pair.socket) chunks.push(chunk as Buffer)
  expect([receiver.content().toString(), Buffer.concat(chunks).toString()]).toEqual([
    'first',
    'second',
  ])
})

/** Uses the same memory over and over. */
class Filling implements ByteReceiver {
  readonly isOver = Promise.withResolvers<void>()
  foreign = 0
  full = (): void => {}
  readonly #memory = new Uint8Array(100_000)
  readonly #hasRoom: (count: number) => boolean
  readonly #seen: Buffer[] = []

  constructor(hasRoom: (count: number) => boolean) {
    this.#hasRoom = hasRoom
  }

  content(): Buffer {
    return Buffer.concat(this.#seen)
  }

  memory(): Uint8Array {
    return this.#memory
  }

  arrived(chunk: Uint8Array): boolean {
    if (chunk.buffer !== this.#memory.buffer) this.foreign += 1
    this.#seen.push(Buffer.from(chunk))
    const hasRoom = this.#hasRoom(this.#seen.length)
    if (!hasRoom) this.full()
    return hasRoom
  }

  ended(): void {
    this.isOver.resolve()
  }

  lost(error: Error): void {
    this.isOver.reject(error)
  }
}

async function connected() {
  const server = createServer(certificates.issue({ names: ['localhost'] }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const raw = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const socket = connectTls({ socket: raw, ca: certificates.ca, servername: 'localhost' })
  const accepted = Promise.withResolvers<TLSSocket>()
  server.once('secureConnection', accepted.resolve)
  const [peer] = await Promise.all([accepted.promise, once(socket, 'secureConnect')])
  const input = new SocketInput(socket, false, () =>
    netError('NET_CONN_RESET', { message: 'the connection is gone' }),
  )
  return {
    peer,
    socket,
    input,
    deliverTo: (receiver: ByteReceiver): Inflow => input.deliver(receiver),
    async [Symbol.asyncDispose]() {
      socket.destroy()
      peer.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function numbered(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE(at, at)
  return bytes
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
