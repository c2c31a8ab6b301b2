import { once } from 'node:events'
import {
  connect,
  createServer,
  type AddressInfo,
  type Socket,
  type TcpNetConnectOpts,
} from 'node:net'
import { PassThrough } from 'node:stream'

import { expect, test } from 'vitest'

import { connectSocket } from '../src/connect-socket.ts'
import { resetOf, socketInfo } from '../src/socket-info.ts'
import { SocketTransport } from '../src/socket-transport.ts'
import { failure, latin1 } from './support.ts'

test('[SOCK-11] the first write of a tick leaves at once, the others in one writev, in order', async () => {
  await using pair = await connected()
  const calls: number[] = []
  const { _writev: original } = pair.socket
  pair.socket._writev = function (chunks, done) {
    calls.push(chunks.length)
    original?.call(this, chunks, done)
  }
  const first = Buffer.from('a')
  void pair.transport.write([first])
  expect(pair.socket.bytesWritten).toBe(1)
  // The kernel has it, so that the bytes are the writer's again.
  first.fill('x')
  for (const part of ['b', 'c']) void pair.transport.write([Buffer.from(part)])
  await pair.transport.write([Buffer.from('d'), Buffer.from('e')])
  await pair.transport.end()
  expect(calls).toEqual([4])
  expect(await everything(pair.peer)).toBe('abcde')
})

test('writes of one tick that have to pass TLS or a tunnel leave in one writev', async () => {
  await using pair = await connected({ make: connectSocket, isPlain: false })
  const calls: number[] = []
  const { _writev: original } = pair.socket
  pair.socket._writev = function (chunks, done) {
    calls.push(chunks.length)
    original?.call(this, chunks, done)
  }
  for (const part of ['a', 'b', 'c']) void pair.transport.write([Buffer.from(part)])
  await pair.transport.end()
  expect(calls).toEqual([3])
  expect(await everything(pair.peer)).toBe('abc')
})

test('a stream that emits an error and stays open, as TLS does, is destroyed', async () => {
  const duplex = new PassThrough({ autoDestroy: false })
  const endpoint = { scheme: 'tcp', host: 'a.example', port: 1 }
  const transport = new SocketTransport(duplex, {
    info: { endpoint, hops: [], encrypted: true },
    protocol: 'tls',
  })
  const reading = failure(transport.read())
  duplex.emit('error', Object.assign(new Error('bad record'), { code: 'ECONNRESET' }))
  expect([(await reading).code, duplex.destroyed]).toEqual(['NET_CONN_RESET', true])
})

test('[SOCK-22] a write without room waits until the peer reads', async () => {
  await using pair = await connected()
  const chunk = new Uint8Array(1024 * 1024)
  let written = 0
  let waiting: Promise<void> | undefined
  // The kernels take some megabytes; then the write must wait.
  for (; written < 200 && waiting === undefined; written++) {
    const write = pair.transport.write([chunk])
    const turned = new Promise<'later'>((resolve) => setImmediate(() => resolve('later')))
    if ((await Promise.race([write.then(() => 'now'), turned])) === 'later') waiting = write
  }
  expect(waiting).toBeDefined()
  expect(pair.socket.writableLength).toBeLessThanOrEqual(2 * chunk.length)
  pair.peer.resume()
  await waiting
  await pair.transport.flush()
  expect(pair.socket.bytesWritten).toBe(written * chunk.length)
})

for (const size of [4, 1500, 4096, 20_000, 100_000]) {
  test(`a buffer of ${size} bytes that is used again after each write sends what was meant to a slow peer`, async () => {
    await using pair = await connected()
    const buffer = Buffer.alloc(size)
    const times = Math.ceil(8_000_000 / Math.max(size, 4096))
    const sending = (async () => {
      for (let number = 0; number < times; number++) {
        buffer.fill(number & 0xff).writeUInt32BE(number)
        await pair.transport.write([buffer])
      }
      await pair.transport.end()
    })()
    // The kernels and our own queue are full before the peer reads its first byte.
    await quiet(pair.socket)
    const chunks: Buffer[] = []
    pair.peer.on('data', (chunk: Buffer) => chunks.push(chunk))
    await Promise.all([sending, once(pair.peer, 'end')])
    const got = Buffer.concat(chunks)
    expect(got.length).toBe(size * times)
    const wrong = Array.from({ length: times }, (_, number) => number).filter((number) => {
      const frame = got.subarray(number * size, (number + 1) * size)
      return (
        frame.readUInt32BE() !== number ||
        frame.subarray(4).some((byte) => byte !== (number & 0xff))
      )
    })
    expect(wrong).toEqual([])
  })
}

test('writes that the kernel has not taken when the socket is destroyed are refused', async () => {
  await using pair = await connected()
  const writes = Array.from({ length: 20 }, () =>
    failure(pair.transport.write([new Uint8Array(1_000_000)])).catch(() => 'sent'),
  )
  await quiet(pair.socket)
  const later = failure(pair.transport.write([new Uint8Array(100_000)]))
  pair.socket.destroy(Object.assign(new Error('cable cut'), { code: 'EHOSTUNREACH' }))
  expect((await later).code).toBe('NET_CONNECT_UNREACHABLE')
  expect(await writes.at(-1)).toMatchObject({ code: 'NET_CONNECT_UNREACHABLE' })
})

test('a write of nothing waits while there is no room, and then resolves', async () => {
  await using pair = await connected()
  void pair.transport.write([new Uint8Array(32_000_000)]).catch(() => {})
  await quiet(pair.socket)
  const nothing = pair.transport.write([])
  pair.peer.resume()
  await nothing
  expect(pair.socket.writableLength).toBe(0)
})

test('[SOCK-22] reading ahead stops at 256 KiB', async () => {
  await using pair = await connected()
  const first = pair.transport.read()
  const total = 16 * 1024 * 1024
  pair.peer.write(new Uint8Array(total))
  const start = (await first)?.length ?? 0
  await quiet(pair.socket)
  expect(pair.transport.buffered).toBeGreaterThanOrEqual(256 * 1024)
  expect(pair.transport.buffered).toBeLessThanOrEqual(512 * 1024)
  let received = start
  while (received < total) received += (await pair.transport.read())?.length ?? 0
  expect(received).toBe(total)
})

for (const size of [0, 1, 4095, 65_536]) {
  test(`[H-SOCK-07] what came before a reset after ${size} bytes is read in order, then the reset`, async () => {
    await using pair = await connected()
    const sent = Buffer.alloc(size, 'abcdefghij')
    const first = pair.transport.read().catch((error: unknown) => error)
    if (size > 0) await new Promise<void>((resolve) => void pair.peer.write(sent, () => resolve()))
    await seen(pair.socket, size)
    pair.peer.resetAndDestroy()
    const chunks: Uint8Array[] = []
    let error: unknown
    for (let next: unknown = await first; error === undefined;) {
      if (next instanceof Uint8Array) chunks.push(next)
      else error = next
      if (error === undefined) next = await pair.transport.read().catch((each: unknown) => each)
    }
    expect(latin1(Buffer.concat(chunks))).toBe(latin1(sent))
    expect(error).toMatchObject({ code: 'NET_CONN_RESET', phase: 'receive', received: size })
    expect((await failure(pair.transport.write([sent]))).code).toBe('NET_CONN_RESET')
    expect((await pair.transport.closed)?.code).toBe('NET_CONN_RESET')
  })
}

test('an end that came before the first read, without a byte, is read', async () => {
  await using pair = await connected()
  const told = once(pair.socket, 'end')
  pair.peer.end()
  await told
  expect(await pair.transport.read()).toBeNull()
  expect(await pair.transport.read()).toBeNull()
  await pair.transport.close()
})

test('an end that meets a reset says so, also where a write went along with it', async () => {
  await using pair = await connected()
  const reset = once(pair.peer, 'close')
  pair.peer.resetAndDestroy()
  await reset
  // In this turn the socket has not heard of it.
  void pair.transport.write([Buffer.from('x')])
  expect((await failure(pair.transport.end())).code).toBe('NET_CONN_RESET')
})

test('[SOCK-20] our end leaves the other direction open', async () => {
  await using pair = await connected()
  await pair.transport.end()
  expect((await failure(pair.transport.write([Buffer.from('x')]))).code).toBe('NET_CLOSED')
  expect(await everything(pair.peer)).toBe('')
  pair.peer.end('still here')
  expect(latin1(await pair.transport.read())).toBe('still here')
  expect([await pair.transport.read(), await pair.transport.read()]).toEqual([null, null])
})

test('[SOCK-21] close sends what was written; abort is a reset', async () => {
  {
    await using pair = await connected()
    void pair.transport.write([Buffer.from('last words')])
    const all = everything(pair.peer)
    await pair.transport.close()
    expect([await all, pair.socket.destroyed, await pair.transport.closed]).toEqual([
      'last words',
      true,
      undefined,
    ])
  }
  await using pair = await connected()
  const lost = once(pair.peer, 'error') as Promise<[Error]>
  const reading = failure(pair.transport.read())
  pair.transport.abort(new Error('enough'))
  const [error] = await lost
  expect(Reflect.get(error, 'code')).toBe('ECONNRESET')
  expect((await reading).code).toBe('NET_ABORTED')
})

test('a close while the peer still sends does not cut off what we sent', async () => {
  await using pair = await connected()
  void pair.transport.read()
  const sending = setInterval(() => void pair.peer.write(new Uint8Array(1000)), 1)
  // More than the one read that waits has taken.
  await seen(pair.socket, 3000)
  await pair.transport.write([Buffer.from('the answer')])
  const closing = pair.transport.close()
  const all = await everything(pair.peer)
  clearInterval(sending)
  pair.peer.end()
  await closing
  expect(all).toBe('the answer')
})

test('[SOCK-30] a second read at the same time is refused', async () => {
  await using pair = await connected()
  const first = pair.transport.read()
  expect((await failure(pair.transport.read())).code).toBe('NET_BUSY')
  pair.peer.write('x')
  expect(latin1(await first)).toBe('x')
})

test.each([
  ['that we made', connectSocket],
  ['of another maker', undefined],
])('handed over, a socket %s has what was read ahead and nothing of ours', async (_, make) => {
  await using pair = await connected({ make })
  const before = listeners(pair.fresh)
  const first = pair.transport.read()
  pair.peer.write('one')
  await first
  pair.peer.write('two')
  await seen(pair.socket, 6)
  const socket = pair.transport.release?.()
  expect(socket).toBe(pair.socket)
  expect(listeners(pair.socket)).toEqual(before)
  const [chunk] = (await once(pair.socket, 'data')) as [Buffer]
  expect(String(chunk)).toBe('two')
  expect((await failure(pair.transport.write([chunk]))).code).toBe('NET_CLOSED')
  expect(pair.transport.release?.()).toBeUndefined()
})

test('a stream error without a waiting call is kept for the next one', async () => {
  await using pair = await connected()
  pair.socket.destroy(Object.assign(new Error('cable cut'), { code: 'EHOSTUNREACH' }))
  await pair.transport.closed
  expect((await failure(pair.transport.read())).code).toBe('NET_CONNECT_UNREACHABLE')
  await pair.transport.close()
  pair.transport.abort()
})

interface Made {
  readonly make?: typeof connectSocket | undefined
  readonly isPlain?: boolean
}

async function connected({ make, isPlain = true }: Made = { make: connectSocket }) {
  const server = createServer({ allowHalfOpen: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const open = async () => {
    const to = { port, host: '127.0.0.1', allowHalfOpen: true }
    const [[peer], socket] = (await Promise.all([
      once(server, 'connection'),
      make === undefined ? bare(to) : make(to).connected,
    ])) as [[Socket], Socket]
    peer.on('error', () => {})
    return { socket, peer }
  }
  const { socket, peer } = await open()
  const other = await open()
  const endpoint = { scheme: 'tcp', host: '127.0.0.1', port }
  const reset = resetOf(socket)
  const transport = new SocketTransport(socket, {
    info: socketInfo(socket, endpoint),
    protocol: 'tcp',
    isPlain,
    ...(reset === undefined ? {} : { reset }),
  })
  return {
    transport,
    socket,
    peer,
    fresh: other.socket,
    async [Symbol.asyncDispose]() {
      for (const each of [socket, peer, other.socket, other.peer]) each.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function bare(to: TcpNetConnectOpts): Promise<Socket> {
  const socket = connect(to)
  await once(socket, 'connect')
  return socket
}

function listeners(socket: Socket): unknown[] {
  return ['error', 'close', 'data', 'end', 'drain', 'readable'].map((name) => [
    name,
    socket.listenerCount(name),
  ])
}

async function everything(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'end')
  return Buffer.concat(chunks).toString('latin1')
}

/** Waits until the socket has taken so many bytes from the system. */
async function seen(socket: Socket, size: number): Promise<void> {
  while (socket.bytesRead < size) await new Promise((resolve) => setImmediate(resolve))
}

/** Waits until the socket takes no more bytes from the system. */
async function quiet(socket: Socket): Promise<void> {
  for (let same = 0, before = -1; same < 50;) {
    await new Promise((resolve) => setImmediate(resolve))
    same = socket.bytesRead === before ? same + 1 : 0
    before = socket.bytesRead
  }
}
