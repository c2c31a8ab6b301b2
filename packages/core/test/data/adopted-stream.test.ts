import { createWriteStream } from 'node:fs'
import { PassThrough, Readable, type Writable } from 'node:stream'

import { checkSink, checkSource, isCallerFault, openSink, openSource } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { adopt, failureOf, isStandard } from '../../src/data/adopted-stream.ts'
import { collect } from './collect.ts'

const closed = (stream: Readable | Writable): Promise<void> =>
  new Promise((resolve) => void stream.once('close', resolve))

test('a sink that fails before it is opened ends nothing, and is refused with its own error', async () => {
  const stream = createWriteStream('/nosuch/folder/file')
  checkSink(stream)
  await closed(stream)
  const error: unknown = await openSink(stream).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'ENOENT' })
  expect(isCallerFault(error)).toBe(true)
})

test('a source that fails before it is opened ends nothing, and is refused with its own error', async () => {
  const fault = new Error('the disk is on fire')
  const stream = new Readable({ read() {} })
  checkSource(stream)
  const gone = closed(stream)
  stream.destroy(fault)
  await gone
  await expect(openSource(stream)).rejects.toBe(fault)
  expect(isCallerFault(fault)).toBe(true)
  expect(() => checkSource(stream)).toThrow(fault)
})

test('what has failed already, and did not tell it yet, is refused and ends nothing', async () => {
  const fault = new Error('cut')
  const source = new Readable({ read() {} }).destroy(fault)
  const sink = new PassThrough().destroy(fault)
  const gone = Promise.all([closed(source), closed(sink)])
  expect(() => checkSource(source)).toThrow(fault)
  await expect(openSink(sink)).rejects.toBe(fault)
  await gone
})

test('a source that fails between its opening and the first read fails the read', async () => {
  const fault = new Error('the disk is on fire')
  const stream = new Readable({ read() {} })
  await using source = await openSource(stream)
  const gone = closed(stream)
  stream.destroy(fault)
  await gone
  await expect(collect(source.chunks())).rejects.toBe(fault)
})

test('a source that is destroyed without an error fails the read that waits', async () => {
  const stream = new Readable({ read() {} })
  await using source = await openSource(stream)
  const reading = collect(source.chunks())
  setImmediate(() => stream.destroy())
  await expect(reading).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
})

test('a sink that fails between writes reports it', async () => {
  const fault = new Error('the disk is full')
  for (const [end, told] of [
    [(stream: Writable) => stream.destroy(fault), fault],
    [(stream: Writable) => stream.destroy(), expect.objectContaining({ code: 'NET_CLOSED' })],
  ] as const) {
    const stream = new PassThrough()
    const sink = await openSink(stream)
    const failed = new Promise((resolve) => {
      sink.onFailure(resolve)
    })
    end(stream)
    expect(await failed).toEqual(told)
    await sink.abort()
  }
  let fail: ((error: Error) => void) | undefined
  const web = new WritableStream({
    start: (controller) => void (fail = (error) => controller.error(error)),
  })
  const sink = await openSink(web)
  const failed = new Promise((resolve) => {
    sink.onFailure(resolve)
  })
  fail?.(fault)
  expect(await failed).toBe(fault)
})

test('a stream is heard once, until it has closed', async () => {
  const stream = new PassThrough()
  adopt(stream)
  adopt(stream)
  expect(stream.listenerCount('error')).toBe(1)
  expect(failureOf(stream)).toBeUndefined()
  const fault = new Error('cut')
  const gone = closed(stream)
  stream.destroy(fault)
  await gone
  expect([stream.listenerCount('error'), failureOf(stream)?.error]).toEqual([0, fault])
})

test('only Node streams are adopted, and not the streams of this process', () => {
  for (const value of [undefined, 'text', new Uint8Array(1), new ReadableStream(), () => {}])
    adopt(value)
  const before = process.stdout.listenerCount('error')
  adopt(process.stdout)
  expect(process.stdout.listenerCount('error')).toBe(before)
  expect([
    isStandard(process.stdout),
    isStandard(process.stderr),
    isStandard(new PassThrough()),
  ]).toEqual([true, true, false])
})
