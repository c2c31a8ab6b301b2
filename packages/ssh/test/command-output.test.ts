import { expect, test } from 'vitest'

import { netError } from '@net/core/authoring'

import { OutputReader, OutputRoad } from '../src/command-output.ts'
import { failureOf } from './embedded.ts'

const info = { endpoint: { scheme: 'ssh', host: 'a', port: 22 }, hops: [], encrypted: true }

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text))

function made(most: number): { road: OutputRoad; reader: OutputReader; resumed: () => number } {
  let resumed = 0
  const road = new OutputRoad('stdout', info, most, () => (resumed += 1))
  return { road, reader: new OutputReader(road), resumed: () => resumed }
}

test('every way to read gives what has come, before reading began and afterwards', async () => {
  const { road, reader } = made(100)
  expect(road.arrived(bytes('one\ntwo\nthree.four'))).toBe(true)
  expect(await reader.readLine()).toBe('one')
  for await (const line of reader.lines()) {
    expect(line).toBe('two')
    break
  }
  expect(await reader.readUntil('.')).toEqual(bytes('three.'))
  expect(await reader.readExactly(2)).toEqual(bytes('fo'))
  expect(await reader.read({ max: 1 })).toEqual(bytes('u'))
  road.arrived(bytes('more'))
  const chunks: string[] = []
  road.ended()
  for await (const chunk of reader) chunks.push(Buffer.from(chunk).toString())
  expect(chunks.join('')).toBe('rmore')
  expect(await reader.readAll()).toEqual(bytes(''))
  expect(await reader.readText()).toBe('')
})

test('one that is not read takes everything, keeps the first of it, and says then that the rest is gone', async () => {
  const { road, reader } = made(4)
  for (const text of ['ab', 'cd', 'e', 'fg']) expect(road.arrived(bytes(text))).toBe(true)
  road.ended()
  expect(await reader.readExactly(4)).toEqual(bytes('abcd'))
  expect(await failureOf(reader.read())).toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 4 })
})

test('one that is read says when there is no room, and when there is again', async () => {
  const { road, reader, resumed } = made(4)
  const first = reader.read()
  expect(road.arrived(Buffer.alloc(2 ** 18))).toBe(true)
  await first
  expect(road.arrived(Buffer.alloc(2 ** 18))).toBe(false)
  const before = resumed()
  await reader.read()
  expect(resumed()).toBeGreaterThan(before)
})

test('a loss stands behind what has come', async () => {
  const { road, reader } = made(100)
  road.arrived(bytes('last words'))
  road.ended(netError('NET_CONN_CLOSED', { message: 'gone' }))
  expect(await reader.readExactly(10)).toEqual(bytes('last words'))
  expect(await failureOf(reader.read())).toMatchObject({ code: 'NET_CONN_CLOSED' })
})

test('one that is left takes everything and keeps nothing', () => {
  const { road, resumed } = made(4)
  road.abort()
  expect(resumed()).toBe(1)
  expect(road.arrived(Buffer.alloc(2 ** 20))).toBe(true)
})

test('who reads one that is given up hears so, and so does who reads it afterwards', async () => {
  for (const isOver of [false, true]) {
    const { road, reader } = made(100)
    road.arrived(bytes('one'))
    expect(await reader.read()).toEqual(bytes('one'))
    const reading = failureOf(reader.readText())
    road.abort()
    if (isOver) road.ended()
    expect(await reading).toMatchObject({ code: 'NET_CLOSED' })
    expect(await failureOf(reader.read())).toMatchObject({ code: 'NET_CLOSED' })
  }
})

test('one that ended before it was given up is not cut in silence', async () => {
  const { road, reader } = made(100)
  road.arrived(bytes('last words'))
  road.ended()
  road.abort()
  expect(await failureOf(reader.readText())).toMatchObject({ code: 'NET_CLOSED' })
  const whole = made(100)
  whole.road.ended()
  whole.road.abort()
  expect(await whole.reader.readText()).toBe('')
})
