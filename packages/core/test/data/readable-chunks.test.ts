import { Readable } from 'node:stream'

import { openSource } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { isPlainReadable, ReadableChunks } from '../../src/data/readable-chunks.ts'

test('each chunk comes as it was given to the stream, without a copy', async () => {
  const given = [Buffer.alloc(70_000, 1), Buffer.alloc(3, 2), Buffer.alloc(200_000, 3)]
  const stream = new Readable({ read() {} })
  for (const chunk of given) stream.push(chunk)
  stream.push(null)
  const seen = await all(stream)
  expect(seen.map((chunk, at) => chunk === given[at])).toEqual([true, true, true])
})

const settled = async (): Promise<void> => {
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve))
}

test('a stream of bytes is read ahead by 192 KiB, which come without a promise, and then rests', async () => {
  let made = 0
  const stream = new Readable({
    highWaterMark: 65_536,
    read() {
      made += 1
      this.push(made > 100 ? null : Buffer.alloc(65_536, made))
    },
  })
  const chunks = new ReadableChunks(stream)
  const { value } = await chunks.next()
  const seen = [value as Buffer]
  await settled()
  // One was asked for, three are kept, and the stream itself holds some.
  expect(made).toBeLessThan(8)
  for (let chunk = chunks.ready(); chunk !== undefined; chunk = chunks.ready())
    seen.push(chunk as Buffer)
  expect(seen.map(([first]) => first)).toEqual([1, 2, 3, 4])
  await settled()
  expect(made).toBeLessThan(8)
  expect(((await chunks.next()).value as Buffer)[0]).toBe(5)
})

test('small chunks do not pile up', async () => {
  let made = 0
  const stream = new Readable({
    read() {
      this.push(made++ < 1000 ? Buffer.from('x') : null)
    },
  })
  const chunks = new ReadableChunks(stream)
  await chunks.next()
  await settled()
  let kept = 0
  while (chunks.ready() !== undefined) kept += 1
  expect(kept).toBeGreaterThan(10)
  expect(kept).toBeLessThan(60)
})

test('what is no bytes is not handed over at once: the reader has to look at it', async () => {
  const stream = new Readable({ read() {}, encoding: 'utf8' })
  stream.push('one')
  stream.push('two')
  const chunks = new ReadableChunks(stream)
  expect((await chunks.next()).value).toBe('one')
  await settled()
  expect(chunks.ready()).toBeUndefined()
  expect((await chunks.next()).value).toBe('two')
})

test('a stream of objects, which may use its memory again, flows only while a chunk is asked for', async () => {
  let made = 0
  const stream = new Readable({
    objectMode: true,
    highWaterMark: 2,
    read() {
      this.push(made++ < 100 ? Buffer.from('x') : null)
    },
  })
  const chunks = new ReadableChunks(stream)
  await chunks.next()
  await settled()
  expect(made).toBeLessThan(6)
})

test('what the stream fails with is told, also after what came before', async () => {
  const mine = new Error('cut')
  const stream = new Readable({ read() {} })
  stream.push('a')
  const chunks = new ReadableChunks(stream)
  expect(String((await chunks.next()).value)).toBe('a')
  const next = chunks.next()
  stream.destroy(mine)
  await expect(next).rejects.toBe(mine)
  await expect(chunks.next()).rejects.toBe(mine)
})

test('a stream that closes before its end is no empty one', async () => {
  const stream = new Readable({ read() {} })
  const next = new ReadableChunks(stream).next()
  stream.destroy()
  await expect(next).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
})

test('left, it has no listener on the stream', async () => {
  const stream = new Readable({ read() {} })
  const before = names(stream)
  const chunks = new ReadableChunks(stream)
  await chunks.return()
  expect(names(stream)).toEqual(before)
})

test('a stream that iterates in its own way keeps it', async () => {
  const stream = Readable.from([Buffer.from('not this')])
  Object.assign(stream, {
    async *[Symbol.asyncIterator]() {
      yield Buffer.from('mine')
    },
  })
  expect(isPlainReadable(stream)).toBe(false)
  const source = await openSource(stream)
  const seen: Uint8Array[] = []
  for await (const chunk of source.chunks()) seen.push(chunk)
  expect(Buffer.concat(seen).toString()).toBe('mine')
})

test('a stream that somebody watches by its readable event, and which never flows, is read as well', async () => {
  const stream = Readable.from([Buffer.from('one'), Buffer.from('two')], { objectMode: false })
  stream.on('readable', () => {})
  const source = await openSource(stream)
  const seen: Uint8Array[] = []
  for await (const chunk of source.chunks()) seen.push(chunk)
  expect(Buffer.concat(seen).toString()).toBe('onetwo')
})

async function all(stream: Readable): Promise<unknown[]> {
  const chunks = new ReadableChunks(stream)
  const seen: unknown[] = []
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    seen.push(next.value)
  }
  return seen
}

function names(stream: Readable): number[] {
  return ['data', 'end', 'error', 'close'].map((name) => stream.listenerCount(name))
}
