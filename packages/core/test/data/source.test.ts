import { rm, writeFile } from 'node:fs/promises'
import { Readable } from 'node:stream'

import { fromFile, fromText, type Source } from '@net/core'
import {
  checkSource,
  isCallerFault,
  isReplayable,
  openSource,
  openSourceAtOnce,
} from '@net/core/authoring'
import { expect, test } from 'vitest'

import { collect } from './collect.ts'
import { temporaryFolder } from './folder.ts'

const bytes = new Uint8Array([1, 2, 3])

async function* generator(): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function read(source: Source): Promise<Buffer> {
  await using opened = await openSource(source)
  return Buffer.concat(await collect(opened.chunks()))
}

test('sources that can be opened again have a size and the same bytes each time', async () => {
  await using folder = await temporaryFolder()
  await writeFile(folder.at('a'), bytes)
  for (const source of [
    bytes,
    new Blob([bytes]),
    fromText('\u0001\u0002\u0003'),
    fromFile(folder.at('a')),
  ]) {
    expect(isReplayable(source)).toBe(true)
    await using opened = await openSource(source)
    expect(opened).toMatchObject({ size: 3, replayable: true })
    expect(await read(source)).toEqual(Buffer.from(bytes))
    expect(await read(source)).toEqual(Buffer.from(bytes))
  }
  expect(isReplayable(generator)).toBe(true)
  expect(await read(generator)).toEqual(await read(generator))
  expect(await read(fromText('ä'))).toEqual(Buffer.from('ä'))
  expect(await read(new Uint8Array())).toEqual(Buffer.alloc(0))
})

test('a stream can be read once', async () => {
  for (const source of [Readable.from([bytes]), ReadableStream.from([bytes]), generator()]) {
    expect(isReplayable(source)).toBe(false)
    const opened = await openSource(source)
    expect(opened).toMatchObject({ size: undefined, replayable: false })
    expect(await read(source)).toEqual(Buffer.from(bytes))
    await expect(openSource(source)).rejects.toMatchObject({
      name: 'StateError',
      code: 'NET_BODY_NOT_REPLAYABLE',
    })
    await expect(collect(opened.chunks())).rejects.toMatchObject({
      code: 'NET_BODY_NOT_REPLAYABLE',
    })
  }
})

test('a stream that was opened but not begun serves another attempt', async () => {
  const stream = Readable.from([bytes])
  await (await openSource(stream)).close()
  expect(stream.destroyed).toBe(false)
  expect(await read(stream)).toEqual(Buffer.from(bytes))
})

test('closing lets go of a stream that was begun, even in the middle of a read', async () => {
  const stream = new Readable({ read() {} })
  const opened = await openSource(stream)
  const pending = collect(opened.chunks())
  await Promise.resolve()
  await opened.close()
  expect(await pending).toEqual([])
  expect(stream.destroyed).toBe(true)
})

test('the chunks of one opening are given once, and not after close', async () => {
  await using opened = await openSource(bytes)
  opened.chunks()
  expect(() => opened.chunks()).toThrow(expect.objectContaining({ code: 'NET_BODY_CONSUMED' }))
  const closed = await openSource(bytes)
  await closed.close()
  expect(() => closed.chunks()).toThrow(expect.objectContaining({ code: 'NET_BODY_CONSUMED' }))
})

test('a stream that has ended does not pass for an empty one', async () => {
  const ended = Readable.from([bytes])
  await collect(ended)
  const locked = ReadableStream.from([bytes])
  locked.getReader()
  for (const source of [ended, locked]) {
    await expect(openSource(source)).rejects.toMatchObject({ code: 'NET_BODY_CONSUMED' })
  }
})

test('a bare string is never a source, and the error says what is', () => {
  expect(() => checkSource('report.csv')).toThrow(/fromFile\('report\.csv'\).*fromText\('…'\)/)
  for (const wrong of [
    'x',
    1,
    null,
    undefined,
    {},
    [bytes],
    new ArrayBuffer(1),
    new Uint16Array(1),
  ]) {
    expect(() => checkSource(wrong)).toThrow(
      expect.objectContaining({ name: 'ArgumentError', code: 'NET_BAD_OPTION' }),
    )
  }
})

test('what a function of the caller’s throws passes as it is', async () => {
  const fault = new Error('bug of the caller')
  await expect(
    read(() => {
      throw fault
    }),
  ).rejects.toBe(fault)
  expect(isCallerFault(fault)).toBe(true)
  await expect(read(() => 1 as unknown as AsyncIterable<Uint8Array>)).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
})

test('a file that is not there is an error at opening', async () => {
  await using folder = await temporaryFolder()
  await expect(openSource(fromFile(folder.at('none')))).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
  })
})

test('a source whose function gives a promise is refused, and that it fails ends nothing else', async () => {
  const source = (): never => Promise.reject(new Error('unseen')) as never
  await expect(read(source)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  // An unhandled rejection would be told within this turn, and fail the run.
  await new Promise((turn) => setImmediate(turn))
})

test('a file that is opened at once is there also when it has lost its name', async () => {
  await using folder = await temporaryFolder()
  const source = fromFile(folder.at('a'))
  await writeFile(folder.at('a'), 'content')
  await using inPlace = await openSourceAtOnce(source)
  await using inChunks = await openSourceAtOnce(source)
  await rm(folder.at('a'))
  const memory = Buffer.alloc(10)
  const readInto = await inPlace.reader?.()
  expect(memory.toString('utf8', 0, await readInto?.(memory))).toBe('content')
  expect(Buffer.concat(await collect(inChunks.chunks())).toString()).toBe('content')
  await expect(openSourceAtOnce(source)).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
})
