import { randomBytes } from 'node:crypto'

import { isAbort } from '@net/core'
import { netError } from '@net/core/authoring'
import {
  connect,
  listen,
  overTransport,
  pipe,
  type Connection,
  type PipedBytes,
  type Transport,
} from '@net/socket'
import { createCertificates, memoryPair, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from './support.ts'

/** Two joined roads: what `left` says arrives at `right`, and the other way round. */
function joined(signal?: AbortSignal) {
  const [left, a] = memoryPair()
  const [right, b] = memoryPair()
  return {
    left: overTransport(left),
    right: overTransport(right),
    done: pipe(overTransport(a), overTransport(b), { signal }),
  }
}

test('both directions are carried, and counted', async () => {
  const { left, right, done } = joined()
  await left.write('question')
  await left.end()
  expect(await right.readText()).toBe('question')
  await right.write('an answer')
  await right.end()
  expect(await left.readText()).toBe('an answer')
  expect(await done).toEqual({ there: 8, back: 9 })
})

test('a connection joined with itself is an echo', async () => {
  const [near, far] = memoryPair()
  const client = overTransport(near)
  const server = overTransport(far)
  const done = pipe(server, server)
  for (const word of ['one', 'two']) {
    await client.write(word)
    expect(String(Buffer.from((await client.read()) ?? []))).toBe(word)
  }
  await client.write('three')
  await client.end()
  expect(await client.readText()).toBe('three')
  expect(await done).toEqual({ there: 11, back: 0 })
})

test('an end of one direction leaves the other one open', async () => {
  const { left, right, done } = joined()
  await right.end()
  expect(await left.read()).toBeNull()
  for (const word of ['one', 'two']) {
    await left.write(word)
    expect(String(Buffer.from((await right.read()) ?? []))).toBe(word)
  }
  await left.end()
  expect(await done).toEqual({ there: 6, back: 0 })
})

test('a reset goes on as a reset, and is reported', async () => {
  const { left, right, done } = joined()
  const told = failure(done)
  await left.write('half of')
  expect(String(Buffer.from(await right.readExactly(7)))).toBe('half of')
  left.abort()
  expect((await failure(right.readText())).code).toBe('NET_CONN_RESET')
  expect((await told).code).toBe('NET_CONN_RESET')
})

test('what a side said before it took no more still arrives', async () => {
  const [left, a] = memoryPair()
  const [right, b] = memoryPair()
  const full = netError('NET_CONN_RESET', { message: 'no more' })
  const deaf: Transport = {
    info: b.info,
    read: () => b.read(),
    write: () => Promise.reject(full),
    end: () => Promise.reject(full),
    close: () => b.close(),
    abort: (reason) => b.abort(reason),
  }
  const told = failure(pipe(overTransport(a), overTransport(deaf)))
  const client = overTransport(left)
  await client.write('a long upload')
  await right.write([Buffer.from('refused')])
  expect(String(Buffer.from(await client.readExactly(7)))).toBe('refused')
  await right.end()
  expect((await told).code).toBe('NET_CONN_RESET')
})

test('an aborted signal ends both', async () => {
  for (const early of [true, false]) {
    const controller = new AbortController()
    if (early) controller.abort()
    const { left, right, done } = joined(controller.signal)
    const told = failure(done)
    controller.abort()
    expect(isAbort(await told)).toBe(true)
    for (const side of [left, right])
      expect((await failure(side.read())).code).toBe('NET_CONN_RESET')
  }
})

test('a forwarder is a listener and a pipe', async () => {
  await using echo = await startEchoServer()
  await using forwarder = await listen('tcp://127.0.0.1:0', async (connection) => {
    await pipe(connection, await connect(echo.url))
  })
  await using connection = await connect(forwarder.url)
  const text = 'x'.repeat(1_000_000)
  const answer = connection.readText()
  await connection.write(text)
  await connection.end()
  expect((await answer).length).toBe(text.length)
})

for (const scheme of ['tcp', 'tls'] as const) {
  test(`what passes over ${scheme} arrives as it was sent, also where one side reads slowly`, async () => {
    const certificates = createCertificates()
    const tls = { ca: certificates.ca, servername: 'localhost' }
    const server = scheme === 'tls' ? { tls: certificates.issue() } : {}
    await using echo = await startEchoServer(server)
    const carried = Promise.withResolvers<PipedBytes>()
    await using forwarder = await listen(
      `${scheme}://127.0.0.1:0`,
      async (connection) => {
        carried.resolve(await pipe(connection, await connect(echo.url, { tls })))
      },
      server,
    )
    await using connection = await connect(forwarder.url, { tls })
    const sent = randomBytes(6_000_000)
    const writing = connection.write(sent).then(() => connection.end())
    const parts: Uint8Array[] = []
    for await (const chunk of connection) {
      parts.push(chunk)
      if (parts.length % 8 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await writing
    expect(Buffer.concat(parts).equals(sent)).toBe(true)
    expect(await carried.promise).toEqual({ there: sent.length, back: sent.length })
  })
}

test('a side that does not read holds the other one up', async () => {
  const { left, right, done } = joined()
  const sent = randomBytes(5_000_000)
  let isSent = false
  const writing = left.write(sent).then(() => (isSent = true))
  await right.readExactly(1_000_000)
  await new Promise((resolve) => setImmediate(resolve))
  expect(isSent).toBe(false)
  const rest = await right.readExactly(4_000_000)
  await writing
  expect(Buffer.from(rest).equals(sent.subarray(1_000_000))).toBe(true)
  await Promise.all([left.end(), right.end()])
  expect(await done).toEqual({ there: 5_000_000, back: 0 })
})

test('a connection of another copy of this package is piped as well', async () => {
  const [left, a] = memoryPair()
  const [right, b] = memoryPair()
  const foreign = (connection: Connection): Connection =>
    ({
      read: (options?: object) => connection.read(options),
      write: (data: Uint8Array) => connection.write(data),
      end: () => connection.end(),
      close: () => connection.close(),
      abort: (reason?: unknown) => connection.abort(reason),
    }) as Connection
  const done = pipe(foreign(overTransport(a)), foreign(overTransport(b)))
  await left.write([Buffer.from('there')])
  await left.end()
  await right.end()
  expect(String(Buffer.from((await right.read()) ?? []))).toBe('there')
  expect(await done).toEqual({ there: 5, back: 0 })
})

test('what is piped cannot be read, and is no longer piped once a side is closed', async () => {
  const [, a] = memoryPair()
  const [, b] = memoryPair()
  const connection = overTransport(a)
  const told = failure(pipe(connection, overTransport(b)))
  expect((await failure(connection.read())).code).toBe('NET_BUSY')
  await connection.close()
  expect((await told).code).toBe('NET_CLOSED')
})

test('options that there are not are refused', async () => {
  const [a, b] = memoryPair()
  const call = pipe(overTransport(a), overTransport(b), { timeout: 5 } as object)
  expect((await failure(call)).code).toBe('NET_BAD_OPTION')
})
