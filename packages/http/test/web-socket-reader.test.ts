import { overTransport } from '@net/socket'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { readFrames, type FrameReading } from '../src/web-socket-reader.ts'

interface Reading extends FrameReading {
  readonly heard: string[]
}

/** Notes what it is told; `receive` waits for what `gates` has, in turn. */
function noting(
  parts: Partial<FrameReading> = {},
  gates: (Promise<void> | undefined)[] = [],
): Reading {
  const heard: string[] = []
  return {
    heard,
    compressed: false,
    receive(chunk) {
      heard.push(Buffer.from(chunk).toString().slice(0, 5))
      return gates.shift()
    },
    room: () => undefined,
    ended: () => void heard.push('end'),
    failed: (error) => void heard.push((error as Error).message),
    ...parts,
  }
}

test('what arrives is handed on as it arrives, to the end', async () => {
  const [near, far] = memoryPair()
  const reading = noting()
  readFrames(overTransport(near), reading)
  for (const text of ['a', 'b']) {
    await far.write([Buffer.from(text)])
    await turn()
  }
  await far.end()
  await turn()
  expect(reading.heard).toEqual(['a', 'b', 'end'])
})

test('the peer waits until bytes were taken apart and there is room, and the end comes behind them', async () => {
  const [near, far] = memoryPair()
  const apart = Promise.withResolvers<void>()
  const room = Promise.withResolvers<void>()
  let isFull = false
  const parts = { room: () => (isFull ? room.promise : undefined) }
  const reading = noting(parts, [undefined, apart.promise])
  readFrames(overTransport(near), reading)
  for (const text of ['a', 'b']) {
    await far.write([Buffer.from(text)])
    await turn()
  }
  await far.write([Buffer.from('c')])
  await far.end()
  isFull = true
  apart.resolve()
  await turn()
  expect(reading.heard).toEqual(['a', 'b'])
  isFull = false
  room.resolve()
  await turn()
  expect(reading.heard).toEqual(['a', 'b', 'c', 'end'])
})

test('the end that comes meanwhile waits for the bytes before it', async () => {
  const [near, far] = memoryPair()
  const apart = Promise.withResolvers<void>()
  const reading = noting({}, [apart.promise])
  readFrames(overTransport(near), reading)
  await far.write([Buffer.from('a')])
  await turn()
  await far.end()
  await turn()
  expect(reading.heard).toEqual(['a'])
  apart.resolve()
  await turn()
  expect(reading.heard).toEqual(['a', 'end'])
})

test('a peer that breaks the rules is told of, and nothing after it', async () => {
  const [near, far] = memoryPair()
  const reading = noting({}, [Promise.reject(new Error('broken'))])
  readFrames(overTransport(near), reading)
  await far.write([Buffer.from('a')])
  await turn()
  await far.write([Buffer.from('b')])
  await far.end()
  await turn()
  expect(reading.heard).toEqual(['a', 'broken'])
})

test('what is compressed is handed on in small pieces, between which there must be room', async () => {
  const [near, far] = memoryPair()
  const sizes: number[] = []
  const room = Promise.withResolvers<void>()
  const reading = noting({
    compressed: true,
    receive: (chunk) => void sizes.push(chunk.length),
    room: () => (sizes.length === 2 ? room.promise : undefined),
  })
  const connection = overTransport(near)
  connection.unread(Buffer.alloc(40_000))
  readFrames(connection, reading)
  await turn()
  expect(sizes).toEqual([16_384, 16_384])
  sizes.push(0)
  room.resolve()
  await far.end()
  await turn()
  expect(sizes).toEqual([16_384, 16_384, 0, 40_000 - 2 * 16_384])
  expect(reading.heard).toEqual(['end'])
})

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
