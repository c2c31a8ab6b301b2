import type { RemoteFiles } from '@net/core'
import { netError } from '@net/core/authoring'
import { memoryFiles, type MemoryCapabilities } from '@net/files'
import { faultyFiles, type TreeMoment } from '@net/files/testing'
import { expect, test } from 'vitest'

import { moveBytes } from '../../src/run/move-bytes.ts'
import { onRoute } from './route-of.ts'

const MB = 1024 * 1024

async function treeWith(bytes: Uint8Array, can: MemoryCapabilities = {}): Promise<RemoteFiles> {
  return memoryFiles({ contents: { file: bytes }, can: { calls: 8, ...can } })
}

async function move(from: RemoteFiles, to: RemoteFiles, there?: number): Promise<number> {
  const source = await from.stat('file')
  return onRoute(from, to, (route, op) =>
    moveBytes(route, op, { from: 'file', to: 'file', source, there }),
  )
}

async function sameIn(from: RemoteFiles, to: RemoteFiles): Promise<boolean> {
  return (await from.hash?.('file', 'sha256')) === (await to.hash?.('file', 'sha256'))
}

function patterned(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE(at, at)
  return bytes
}

test.each([
  ['as it is', {}, 40_000],
  ['without offsets', { readOffsets: false }, 100_000],
])('goes on behind what is there: %s', async (_, can, moved) => {
  const whole = patterned(100_000)
  const [from, to] = [await treeWith(whole, can), await treeWith(whole.subarray(0, 60_000))]
  expect(await move(from, to, 60_000)).toBe(moved)
  expect(await sameIn(from, to)).toBe(true)
})

test('a tree that writes at several places at once and makes no hashes is not believed to have the middle', async () => {
  const whole = patterned(200_000)
  const there = Buffer.from(whole)
  there.fill(0, 50_000, 60_000)
  const from = await treeWith(whole)
  const to = await treeWith(there, { hashes: [] })
  expect(await move(from, to, there.length)).toBe(whole.length)
  const copy = await Array.fromAsync(to.read('file'))
  expect(Buffer.concat(copy).equals(whole)).toBe(true)
})

test('what is there of something else is not gone on with, nor what is longer', async () => {
  const whole = patterned(100_000)
  for (const there of [Buffer.alloc(60_000), Buffer.concat([whole, Buffer.from('tail')])]) {
    const [from, to] = [await treeWith(whole), await treeWith(there)]
    expect(await move(from, to, there.length)).toBe(100_000)
    expect(await sameIn(from, to)).toBe(true)
  }
})

test('a large file goes in pieces side by side where both sides can', async () => {
  const whole = patterned(70 * MB + 3)
  let together = 0
  let most = 0
  const begun = new Set<string>()
  const told = ({ call, passed, path }: TreeMoment): void => {
    if (call === 'read' && passed === undefined) {
      begun.add(path)
      most = Math.max(most, ++together)
    }
  }
  const from = faultyFiles(await treeWith(whole), { at: told })
  const to = memoryFiles()
  expect(await move(from, to)).toBe(whole.length)
  expect(await sameIn(from, to)).toBe(true)
  expect(together).toBe(9)
  const poor = memoryFiles({ can: { writeOffsets: true } })
  together = 0
  expect(await move(from, poor)).toBe(whole.length)
  expect(together).toBe(1)
})

test('after a loss among pieces the last round is sent again, as it may have gaps', async () => {
  const whole = patterned(70 * MB)
  const inner = memoryFiles()
  let pieces = 0
  const to = faultyFiles(inner, {
    at: ({ call, passed }) => {
      // One piece of the third round is lost while its neighbours arrive.
      if (call === 'write' && passed === undefined && ++pieces === 10)
        throw netError('NET_CONN_RESET', { message: 'reset' })
    },
  })
  const from = await treeWith(whole)
  await expect(move(from, to)).rejects.toThrow('reset')
  const { size = 0 } = await inner.stat('file')
  const moved = await move(from, to, size)
  expect(moved).toBeLessThan(whole.length)
  expect(await sameIn(from, inner)).toBe(true)
})

test('a source that gives less than it has is an error', async () => {
  const from = await treeWith(patterned(100))
  const short: RemoteFiles = Object.assign(Object.create(from) as RemoteFiles, {
    async *read(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('short')
    },
    stat: (path: string) => from.stat(path),
    capabilities: () => from.capabilities(),
  })
  await expect(move(short, memoryFiles())).rejects.toThrow(
    expect.objectContaining({ code: 'NET_SIZE_MISMATCH', received: 5, expected: 100 }),
  )
})

test('a large file goes on at its very end on a tree that writes nowhere else, as FTP', async () => {
  const whole = patterned(40 * MB)
  const from = await treeWith(whole)
  const to = await treeWith(whole.subarray(0, 36 * MB), { writeOffsets: true })
  expect(await move(from, to, 36 * MB)).toBe(4 * MB)
  expect(await sameIn(from, to)).toBe(true)
})
