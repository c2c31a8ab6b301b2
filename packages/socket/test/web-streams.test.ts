import type { ReadableStream } from 'node:stream/web'
import { setImmediate as turn } from 'node:timers/promises'

import { connect, overTransport } from '@net/socket'
import { memoryPair, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { bytes, latin1, thrown } from './support.ts'

test('a connection as Web streams: what is written comes back, up to the end', async () => {
  await using server = await startEchoServer()
  await using connection = await connect(server.url)
  const { readable, writable } = connection.toWeb()
  const writer = writable.getWriter()
  await writer.write(bytes('hello '))
  await writer.write(bytes('world'))
  await writer.close()
  let text = ''
  for await (const chunk of readable) text += latin1(chunk)
  expect(text).toBe('hello world')
})

test('[SOCK-19] a reader of the stream can bring its own memory', async () => {
  const [one, two] = memoryPair()
  const [ours, theirs] = [overTransport(one), overTransport(two)]
  await theirs.write('abc')
  await theirs.end()
  const reader = ours.toWeb().readable.getReader({ mode: 'byob' })
  const { value } = await reader.read(new Uint8Array(2))
  expect(latin1(value!)).toBe('ab')
  expect((await reader.read(new Uint8Array(2))).value?.length).toBe(1)
  expect((await reader.read(new Uint8Array(2))).done).toBe(true)
})

test('a lost connection is an error of the stream', async () => {
  const [one, two] = memoryPair()
  const { readable } = overTransport(one).toWeb()
  const reader = readable.getReader()
  two.abort()
  await expect(reader.read()).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
})

test('what is left in the stream is left in the connection', async () => {
  const [one, two] = memoryPair()
  const [ours, theirs] = [overTransport(one), overTransport(two)]
  await theirs.write('before')
  const { readable } = ours.toWeb()
  const reader = readable.getReader()
  expect(latin1((await reader.read()).value!)).toBe('before')
  reader.releaseLock()
  await readable.cancel()
})

test('cancelling the readable while it waits leaves what comes then to the connection', async () => {
  const starts = [
    (readable: ReadableStream<Uint8Array>) => {
      const reader = readable.getReader()
      return { waiting: reader.read(), reader }
    },
    (readable: ReadableStream<Uint8Array>) => {
      const reader = readable.getReader({ mode: 'byob' })
      return { waiting: reader.read(new Uint8Array(9)), reader }
    },
  ]
  for (const start of starts) {
    const [one, two] = memoryPair()
    const [ours, theirs] = [overTransport(one), overTransport(two)]
    const { waiting, reader } = start(ours.toWeb().readable)
    // The stream asks the connection in a later turn.
    await turn()
    await reader.cancel()
    expect((await waiting).done).toBe(true)
    const next = ours.read()
    await theirs.write('after')
    expect(latin1(await next)).toBe('after')
  }
})

test('cancelling the readable as a read ends leaves what that has read to the connection', async () => {
  const modes = [
    (readable: ReadableStream<Uint8Array>) => {
      const reader = readable.getReader()
      return { begin: () => reader.read(), reader }
    },
    (readable: ReadableStream<Uint8Array>) => {
      const reader = readable.getReader({ mode: 'byob' })
      return { begin: () => reader.read(new Uint8Array(4)), reader }
    },
  ]
  for (const mode of modes) {
    const [one, two] = memoryPair()
    const [ours, theirs] = [overTransport(one), overTransport(two)]
    await theirs.write('there')
    // It is here, and nobody has asked for it.
    await ours.peek(5)
    const { begin, reader } = mode(ours.toWeb().readable)
    // The stream asks the connection in a later turn, if it is not asked for by a read.
    await turn()
    const read = begin()
    await reader.cancel()
    expect((await read).done).toBe(true)
    expect(latin1(await ours.readExactly(5))).toBe('there')
  }
})

test('aborting the writable aborts the connection', async () => {
  const [one, two] = memoryPair()
  const { writable } = overTransport(one).toWeb()
  await writable.abort(new Error('enough'))
  await expect(two.read()).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
})

test('a connection that is closed has no streams', async () => {
  const [one] = memoryPair()
  const connection = overTransport(one)
  await connection.close()
  expect(thrown(() => connection.toWeb()).code).toBe('NET_CLOSED')
})
