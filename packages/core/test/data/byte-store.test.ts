import { afterEach, expect, test, vi } from 'vitest'

import { ByteStore } from '../../src/data/byte-store.ts'

const MIB = 1024 * 1024

/** Bytes that tell where they belong. */
function numbered(size: number, first = 0): Buffer {
  const numbers = new Uint32Array(size / 4)
  for (let at = 0; at < numbers.length; at++) numbers[at] = first / 4 + at
  return Buffer.from(numbers.buffer)
}

/** Pushes so many bytes in chunks of this size; where the store has copied a chunk, that is used again. */
function fill(store: ByteStore, size: number, chunk: number): void {
  for (let at = store.length; at < size;) {
    const bytes = numbered(Math.min(chunk, size - at), at)
    const { copies } = store
    store.push(bytes)
    at += bytes.length
    if (copies) bytes.fill(0)
  }
}

afterEach(() => void vi.unstubAllGlobals())

test.each([
  ['nothing', 0, 100],
  ['little', 1000, 100],
  ['one large chunk', 9 * MIB, 9 * MIB],
  ['little, and a large chunk', 12 * MIB, 6 * MIB],
  ['much', 20 * MIB, 32_000],
  ['as much as was expected', 32 * MIB, 32_000],
  ['more than was expected', 40 * MIB, 32_000],
])('%s is given as it came', (_, size, chunk) => {
  const store = new ByteStore(32 * MIB)
  fill(store, size, chunk)
  expect(store.length).toBe(size)
  expect(Buffer.compare(store.whole(), numbered(size))).toBe(0)
})

test('a chunk is copied, and may change, once there is much', () => {
  const store = new ByteStore(32 * MIB)
  fill(store, 8 * MIB, 32_000)
  expect(store.copies).toBe(false)
  fill(store, 9 * MIB, 32_000)
  expect(store.copies).toBe(true)
})

test('what is long is held once, and no part of memory that is much larger', () => {
  const store = new ByteStore(64 * MIB)
  fill(store, 9 * MIB, 32_000)
  expect(store.whole().buffer.byteLength).toBe(9 * MIB)
  fill(store, 32 * MIB, 32_000)
  const { buffer } = store.whole()
  expect(store.whole().buffer).toBe(buffer)
  fill(store, 64 * MIB, 32_000)
  expect(store.whole().buffer).toBe(buffer)
})

test('where the system promises no more than it has, room is made as it is needed', () => {
  const refused: number[] = []
  const Scarce = class extends Uint8Array<ArrayBuffer> {
    constructor(...all: readonly unknown[]) {
      const [size] = all
      if (typeof size === 'number' && size > 35 * MIB) {
        refused.push(size)
        throw new RangeError('Array buffer allocation failed')
      }
      super(...(all as [ArrayBuffer]))
    }
  }
  vi.stubGlobal('Uint8Array', Scarce)
  const store = new ByteStore(40 * MIB)
  fill(store, 30 * MIB, 32_000)
  expect(Buffer.compare(store.whole(), numbered(30 * MIB))).toBe(0)
  // At the first chunk that is too much for a list, and for the memory that was had then.
  expect(refused).toHaveLength(2)
})
