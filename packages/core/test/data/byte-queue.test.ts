import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { ByteQueue } from '../../src/data/byte-queue.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const latin1 = (data: Uint8Array): string => Buffer.from(data).toString('latin1')

test('it gives chunks as they came, and parts of them on demand', () => {
  const queue = new ByteQueue()
  const chunk = bytes('hello world')
  queue.push(chunk)
  expect(queue.next()).toBe(chunk)
  queue.push(bytes('hello world'))
  expect([latin1(queue.next(5)), queue.length, latin1(queue.next(100))]).toEqual([
    'hello',
    6,
    ' world',
  ])
  expect([queue.length, queue.next()]).toEqual([0, new Uint8Array(0)])
})

test('bytes that are put back come first', () => {
  const queue = new ByteQueue()
  queue.push(bytes('world'))
  queue.unshift(bytes('hello '))
  queue.unshift(bytes(''))
  expect([queue.length, latin1(queue.peek(4)), latin1(queue.take(11)), queue.length]).toEqual([
    11,
    'hell',
    'hello world',
    0,
  ])
})

test('what was taken does not change when more arrives', () => {
  const queue = new ByteQueue()
  for (const part of ['a', 'b', 'c']) queue.push(bytes(part))
  const taken = queue.take(2)
  for (const part of ['d', 'e']) queue.push(bytes(part))
  expect([latin1(taken), latin1(queue.take(3))]).toEqual(['ab', 'cde'])
})

test('a pattern is found wherever the chunks are cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 40 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(text, pattern, fc.array(fc.nat(5)), fc.nat(10), (whole, wanted, cuts, from) => {
      const queue = cut(whole, cuts)
      expect(queue.indexOf(bytes(wanted), from)).toBe(whole.indexOf(wanted, from))
    }),
  )
})

test('whatever is taken, the bytes come out whole and in order', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 200 }),
      fc.array(fc.nat(30)),
      fc.array(fc.nat(20)),
      (whole, cuts, sizes) => {
        const text = bytes(whole)
        const queue = cut(latin1(text), cuts)
        let result = ''
        for (const size of [...sizes, text.length]) {
          const available = Math.min(size, queue.length)
          expect(queue.byteAt(0)).toBe(text[result.length])
          result += latin1(queue.take(available))
        }
        expect([result, queue.length]).toEqual([latin1(text), 0])
      },
    ),
  )
})

test('bytes that come one by one are gathered into blocks', () => {
  const queue = new ByteQueue()
  for (let count = 0; count < 100_000; count++) queue.push(Uint8Array.of(count & 0xff))
  let chunks = 0
  for (; queue.length > 0; chunks++) queue.next()
  expect(chunks).toBeLessThan(20)
})

test.each([
  ['of one byte', () => [new Uint8Array(1)]],
  ['small and large in turn', () => [new Uint8Array(1), new Uint8Array(1024)]],
  ['parts of large buffers', () => [new Uint8Array(65_536).subarray(0, 1024)]],
  ['tiny parts of large buffers', () => [new Uint8Array(65_536).subarray(0, 10)]],
  ['large', () => [new Uint8Array(20_000)]],
])('what is held of chunks %s is a small multiple of the bytes', (_name, chunks) => {
  const queue = new ByteQueue()
  while (queue.length < 300_000) for (const chunk of chunks()) queue.push(chunk)
  const { length } = queue
  const buffers = new Set<ArrayBufferLike>()
  let held = 0
  let parts = 0
  for (; queue.length > 0; parts++) buffers.add(queue.next().buffer)
  for (const { byteLength } of buffers) held += byteLength
  // The first chunk, which is as it came, and the last block, which is not full.
  expect(held).toBeLessThan(2 * length + 65_536 + 16_384)
  expect(parts).toBeLessThan(length / 500)
})

test('a chunk that is gathered behind others stays what it was', () => {
  const queue = new ByteQueue()
  const chunks = [1, 5, 2000, 3, 40_000, 7].map((size, at) => new Uint8Array(size).fill(at))
  for (const chunk of chunks) queue.push(chunk)
  expect(Buffer.compare(queue.peek(Infinity), Buffer.concat(chunks))).toBe(0)
  expect(Buffer.compare(queue.take(queue.length), Buffer.concat(chunks))).toBe(0)
  queue.push(bytes('a'))
  queue.clear()
  expect([queue.length, queue.peek(1).length]).toEqual([0, 0])
})

function cut(whole: string, sizes: readonly number[]): ByteQueue {
  const queue = new ByteQueue()
  let at = 0
  for (const size of sizes) {
    queue.push(bytes(whole.slice(at, at + size)))
    at += size
  }
  queue.push(bytes(whole.slice(at)))
  return queue
}
