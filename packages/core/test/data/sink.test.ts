import { mkdir, readdir, readFile } from 'node:fs/promises'
import { PassThrough, Writable } from 'node:stream'

import { toFile } from '@net/core'
import { checkSink, openSink } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { temporaryFolder } from './folder.ts'

const bytes = new Uint8Array([97, 98, 99])

test('writes into files, streams and functions, counts, and commits', async () => {
  await using folder = await temporaryFolder()
  const node = new PassThrough()
  const seen: Uint8Array[] = []
  const web = new WritableStream<Uint8Array>({ write: (chunk) => void seen.push(chunk) })
  const sinks = [toFile(folder.at('a')), node, web, (chunk: Uint8Array) => void seen.push(chunk)]
  for (const sink of sinks) {
    const opened = await openSink(sink)
    await opened.write(bytes)
    expect(opened.position).toBe(3)
    await opened.commit({ size: 3 })
    await expect(opened.write(bytes)).rejects.toMatchObject({ code: 'NET_CLOSED' })
    await expect(opened.commit()).rejects.toMatchObject({ code: 'NET_CLOSED' })
    await opened.abort()
  }
  expect(await readFile(folder.at('a'), 'utf8')).toBe('abc')
  expect(String(node.read())).toBe('abc')
  expect(seen).toEqual([bytes, bytes])
})

test('a size that differs from the announced one is an error, and the file never gets its name', async () => {
  await using folder = await temporaryFolder()
  const opened = await openSink(toFile(folder.at('a')))
  await opened.write(bytes)
  await expect(opened.commit({ size: 4 })).rejects.toMatchObject({
    name: 'IntegrityError',
    code: 'NET_SIZE_MISMATCH',
    received: 3,
    expected: 4,
  })
  expect(await readdir(folder.path)).toEqual([])
})

test('resumes a part that was kept', async () => {
  await using folder = await temporaryFolder()
  const sink = toFile(folder.at('a'), { keepPart: true })
  {
    await using broken = await openSink(sink)
    await broken.write(bytes)
  }
  const resumed = await openSink(sink, { resume: true })
  expect(resumed.position).toBe(3)
  await resumed.write(bytes)
  await resumed.commit({ size: 6 })
  expect(await readFile(folder.at('a'), 'utf8')).toBe('abcabc')
})

test('disposing without a commit aborts', async () => {
  await using folder = await temporaryFolder()
  {
    await using opened = await openSink(toFile(folder.at('a')))
    await opened.write(bytes)
  }
  expect(await readdir(folder.path)).toEqual([])
})

test('who aborts once more waits until the first abort is done', async () => {
  await using folder = await temporaryFolder()
  const opened = await openSink(toFile(folder.at('a')))
  await opened.write(bytes)
  const first = opened.abort()
  await opened.abort()
  expect(await readdir(folder.path)).toEqual([])
  await first
})

test('an abort rejects a write that would never end, with its reason', async () => {
  const reason = new Error('gave up')
  const opened = await openSink(() => new Promise<void>(() => {}))
  const pending = opened.write(bytes)
  await expect(opened.write(bytes)).rejects.toMatchObject({ code: 'NET_BUSY' })
  await expect(opened.commit()).rejects.toMatchObject({ code: 'NET_BUSY' })
  await opened.abort(reason)
  await expect(pending).rejects.toBe(reason)
})

test('an abort rejects a commit that would never end, with its reason', async () => {
  const reason = new Error('gave up')
  const sinks = [
    new Writable({ write: (_chunk, _encoding, done) => done(), final() {} }),
    new WritableStream({ close: () => new Promise<void>(() => {}) }),
  ]
  using clock = useFakeClock()
  for (const sink of sinks) {
    const opened = await openSink(sink)
    await opened.write(bytes)
    const commit = opened.commit()
    const aborted = opened.abort(reason)
    await expect(commit).rejects.toBe(reason)
    // A web stream that closes lets go only when it has closed.
    await clock.advance(2000)
    await aborted
    await expect(opened.write(bytes)).rejects.toMatchObject({ code: 'NET_CLOSED' })
  }
})

test('a bare string is never a sink', () => {
  expect(() => checkSink('copy.csv')).toThrow(/toFile\('copy\.csv'\)/)
  for (const wrong of [1, null, undefined, {}, bytes, { write() {} }]) {
    expect(() => checkSink(wrong)).toThrow(
      expect.objectContaining({ name: 'ArgumentError', code: 'NET_BAD_OPTION' }),
    )
  }
})

test('of several chunks none is written any more after an abort', async () => {
  const seen: string[] = []
  const first = Promise.withResolvers<void>()
  const sink = await openSink((chunk) => {
    seen.push(Buffer.from(chunk).toString())
    return first.promise
  })
  const writing = sink.writeAll([Buffer.from('a'), Buffer.from('b')])
  const failed = writing.catch((error: unknown) => error)
  const reason = new Error('enough')
  await sink.abort(reason)
  first.resolve()
  expect(await failed).toBe(reason)
  await new Promise((resolve) => setImmediate(resolve))
  expect(seen).toEqual(['a'])
})

test('a folder in the place of the part is told as that', async () => {
  await using folder = await temporaryFolder()
  await mkdir(folder.at('a.part'))
  for (const resume of [false, true]) {
    await expect(openSink(toFile(folder.at('a')), { resume })).rejects.toMatchObject({
      code: 'NET_LOCAL_IO',
      message: expect.stringContaining('a.part failed: it is a folder'),
    })
  }
})
