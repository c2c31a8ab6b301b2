import { Readable } from 'node:stream'

import { isCallerFault } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { StreamReader } from '../../src/data/stream-reader.ts'
import { collect } from './collect.ts'

const bytes = new Uint8Array([1, 2, 3])

test('gives the chunks of any stream', async () => {
  const streams = [
    () => Readable.from([bytes, bytes]),
    () => ReadableStream.from([bytes, bytes]),
    async function* () {
      yield bytes
      yield bytes
    },
  ]
  for (const stream of streams)
    expect(await collect(new StreamReader(stream))).toEqual([bytes, bytes])
})

test('a chunk that is not bytes is an ArgumentError, and the stream is let go', async () => {
  const stream = Readable.from(['text'])
  await expect(collect(new StreamReader(() => stream))).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    message: expect.stringContaining('string'),
  })
  expect(stream.destroyed).toBe(true)
})

test('what a stream of Node has at hand comes without a promise, until it is let go', async () => {
  const stream = new Readable({ read() {} })
  for (const first of [1, 2, 3]) stream.push(Buffer.of(first))
  const reader = new StreamReader(() => stream)
  expect(reader.ready()).toBeUndefined()
  expect((await reader.next()).value).toEqual(Buffer.of(1))
  expect(reader.ready()).toEqual(Buffer.of(2))
  expect((await reader.next()).value).toEqual(Buffer.of(3))
  expect(reader.ready()).toBeUndefined()
  stream.push(Buffer.of(4))
  stream.push(Buffer.of(5))
  await reader.next()
  await reader.return()
  expect(reader.ready()).toBeUndefined()
})

test('an early stop destroys a Node stream, cancels a web stream and returns an iterator', async () => {
  const node = new Readable({ read() {} })
  node.push(bytes)
  let cancelled = false
  const web = new ReadableStream({
    start: (controller) => controller.enqueue(bytes),
    cancel() {
      cancelled = true
    },
  })
  let returned = false
  async function* generator(): AsyncGenerator<Uint8Array> {
    try {
      yield bytes
      yield bytes
    } finally {
      returned = true
    }
  }
  for (const stream of [node, web, generator()]) {
    for await (const chunk of new StreamReader(() => stream)) {
      expect([...chunk]).toEqual([1, 2, 3])
      break
    }
  }
  expect([node.destroyed, cancelled, returned]).toEqual([true, true, true])
})

test('stopping settles a read that would never end', async () => {
  const node = new Readable({ read() {} })
  const web = new ReadableStream({})
  async function* generator(): AsyncGenerator<Uint8Array> {
    await new Promise(() => {})
    yield bytes
  }
  for (const stream of [node, web, generator()]) {
    const reader = new StreamReader(() => stream)
    const pending = reader.next()
    // The read is under way once the stream's own iterator was asked.
    await Promise.resolve()
    await reader.return()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(await reader.next()).toEqual({ done: true, value: undefined })
  }
  expect(node.destroyed).toBe(true)
})

test('what the stream throws passes as it is, marked as the caller’s', async () => {
  const fault = new Error('bug of the caller')
  async function* generator(): AsyncGenerator<Uint8Array> {
    yield bytes
    throw fault
  }
  await expect(collect(new StreamReader(generator))).rejects.toBe(fault)
  expect(isCallerFault(fault)).toBe(true)
  const broken = new Error('broken pipe')
  const stream = new Readable({ read() {} })
  const reader = new StreamReader(() => stream)
  const pending = reader.next()
  stream.destroy(broken)
  await expect(pending).rejects.toBe(broken)
})

test('a reader that was never read leaves the stream alone', async () => {
  const stream = Readable.from([bytes])
  await new StreamReader(() => stream).return()
  expect(stream.destroyed).toBe(false)
})

test('an iterator that gives no result is refused', async () => {
  const broken = { [Symbol.asyncIterator]: () => ({ next: async () => undefined }) }
  const reader = new StreamReader(() => broken as unknown as AsyncIterable<Uint8Array>)
  await expect(reader.next()).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    message: expect.stringContaining('next() of a source'),
  })
})

test('an iterator that throws at return, or never returns, delays nothing', async () => {
  using clock = useFakeClock()
  const iterable = (leave: () => never | Promise<never>): AsyncIterable<Uint8Array> => ({
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: bytes }),
      return: leave,
    }),
  })
  const throwing = new StreamReader(() =>
    iterable(() => {
      throw new Error('in finally')
    }),
  )
  await throwing.next()
  expect(await throwing.return()).toEqual({ done: true, value: undefined })
  const hanging = new StreamReader(() => iterable(() => new Promise(() => {})))
  await hanging.next()
  const returned = hanging.return()
  await clock.advance(2000)
  expect(await returned).toEqual({ done: true, value: undefined })
})
