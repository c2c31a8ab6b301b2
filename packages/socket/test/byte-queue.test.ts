import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { ByteQueue } from '../src/byte-queue.ts'
import { bytes, latin1 } from './support.ts'

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
