import { BatchWriter, type BatchTarget } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('while a write is under way the chunks behind it gather, and go together', async () => {
  const target = new Target()
  const writer = new BatchWriter(target)
  for (const text of ['a', 'b', 'c']) expect(writer.add(Buffer.from(text))).toBe(true)
  expect(target.writes).toEqual(['a'])
  target.done()
  await turn()
  expect(target.writes).toEqual(['a', 'bc'])
  const ended = writer.end()
  target.done()
  await ended
  expect([target.sizes, target.errors]).toEqual([[1, 2], []])
})

test('it says when there is no room, and when there is again', async () => {
  const target = new Target()
  const writer = new BatchWriter(target)
  const chunk = Buffer.alloc(100_000)
  const room = [1, 2, 3, 4].map(() => writer.add(chunk))
  expect([room, target.rooms]).toEqual([[true, true, true, false], 0])
  target.done()
  await turn()
  expect(target.rooms).toBe(1)
})

test('memory of the writer is full when all of it is taken, and is filled anew once it is written', async () => {
  const target = new Target(true)
  const writer = new BatchWriter(target)
  let sum = 0
  for (let hasRoom = true; hasRoom;) {
    // The first bytes are in memory of others.
    const memory = (writer.memory() ?? new Uint8Array(65_536)).subarray(0, SMALL_READ)
    memory.fill(1)
    sum += memory.length
    hasRoom = writer.add(memory)
  }
  expect(sum).toBeGreaterThan(1_000_000)
  expect(target.rooms).toBe(0)
  while (target.rooms === 0) {
    target.done()
    await turn()
  }
  expect(writer.memory()?.length).toBeGreaterThan(0)
})

test('a small file has no memory of its own, a larger one has', () => {
  const writer = new BatchWriter(new Target(true))
  writer.add(Buffer.alloc(65_535))
  expect(writer.memory()).toBeUndefined()
  writer.add(Buffer.alloc(1))
  expect(writer.memory()?.length).toBeGreaterThan(65_536)
})

test('chunks of others are limited as well, where the sink would lend', () => {
  const writer = new BatchWriter(new Target(true))
  writer.add(Buffer.alloc(600_000))
  // The first is being written.
  let sum = 0
  for (let hasRoom = true; hasRoom; sum += SMALL_READ)
    hasRoom = writer.add(Buffer.alloc(SMALL_READ))
  expect(sum).toBe(1_048_576)
})

test('while much is written to a file one large read is enough', async () => {
  const target = new Target(true)
  const writer = new BatchWriter(target)
  const chunk = Buffer.alloc(131_072)
  expect([1, 2, 3].map(() => writer.add(chunk))).toEqual([true, true, false])
  expect([target.writes.length, target.rooms]).toEqual([1, 0])
  target.done()
  await turn()
  expect(target.rooms).toBe(1)
  // What waited is little, so that reading goes on beside it.
  expect(target.writes[1]).toHaveLength(131_072)
  expect(writer.add(chunk)).toBe(true)
})

test('what follows in the same read does not make it forget that there is no room', async () => {
  const target = new Target(true)
  const writer = new BatchWriter(target)
  writer.add(Buffer.alloc(300_000))
  expect(writer.add(Buffer.alloc(100_000))).toBe(false)
  expect(writer.add(Buffer.alloc(10))).toBe(false)
  target.done()
  await turn()
  expect(target.rooms).toBe(1)
})

test('while little is written to a file reads of any size go on', () => {
  const target = new Target(true)
  const writer = new BatchWriter(target)
  writer.add(Buffer.alloc(1000))
  void writer.end()
  expect(target.writes).toHaveLength(1)
  expect(writer.add(Buffer.alloc(131_072))).toBe(true)
})

test('after a write that failed nothing more is written', async () => {
  const target = new Target()
  const writer = new BatchWriter(target)
  writer.add(Buffer.from('a'))
  writer.add(Buffer.from('b'))
  const mine = new Error('the disk is full')
  target.fail(mine)
  await writer.end()
  writer.add(Buffer.from('c'))
  await writer.end()
  expect([target.writes, target.errors]).toEqual([['a'], [mine]])
})

/** Less than what rests until a write is done. */
const SMALL_READ = 16_384

class Target implements BatchTarget {
  readonly lends: boolean
  readonly writes: string[] = []
  readonly sizes: number[] = []
  readonly errors: unknown[] = []
  rooms = 0
  #under: PromiseWithResolvers<void> | undefined

  constructor(lends = false) {
    this.lends = lends
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    this.writes.push(Buffer.concat(chunks).toString())
    this.#under = Promise.withResolvers()
    return this.#under.promise
  }

  written(bytes: number): void {
    this.sizes.push(bytes)
  }

  room(): void {
    this.rooms += 1
  }

  failed(error: unknown): void {
    this.errors.push(error)
  }

  done(): void {
    this.#under?.resolve()
  }

  fail(error: Error): void {
    this.#under?.reject(error)
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
