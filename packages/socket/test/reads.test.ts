import * as fc from 'fast-check'
import { ByteQueue } from '@net/core/authoring'
import { expect, test } from 'vitest'

import {
  bytesUntil,
  everything,
  exactBytes,
  lineOf,
  someBytes,
  asText,
  type ReadRule,
} from '../src/reads.ts'
import { bytes, latin1, thrown } from './support.ts'

test('some bytes are what is there, at most so many, and null at the end', () => {
  const queue = new ByteQueue()
  queue.push(bytes('abc'))
  expect(latin1(someBytes(2)(queue, false) ?? null)).toBe('ab')
  expect(latin1(someBytes(2)(queue, true) ?? null)).toBe('c')
  expect([someBytes(2)(queue, false), someBytes(2)(queue, true)]).toEqual([undefined, null])
})

test('exactly so many bytes wait for the last one, and say what was missing', () => {
  const queue = queued('abc')
  expect(exactBytes(4)(queue, false)).toBeUndefined()
  const error = thrown(() => exactBytes(4)(queue, true))
  expect([error.code, error.received, error.expected, latin1(error.partial as Uint8Array)]).toEqual(
    ['NET_PROTO_INCOMPLETE', 3, 4, 'abc'],
  )
  expect([latin1(exactBytes(3)(queue, true) ?? null), exactBytes(0)(queue, true)]).toEqual([
    'abc',
    new Uint8Array(0),
  ])
})

test('lines end with LF or CRLF, and a line without an end is incomplete', () => {
  const queue = queued('one\r\ntwo\n\n\r\nthr')
  const lines = [1, 2, 3, 4, 5].map(() => lineOf(10, 'utf8')(queue, false))
  expect(lines).toEqual(['one', 'two', '', '', undefined])
  expect(thrown(() => lineOf(10, 'utf8')(queue, true)).code).toBe('NET_PROTO_INCOMPLETE')
  expect(lineOf(10, 'utf8')(queued(''), true)).toBeNull()
})

test('a line may have as many bytes as the limit, with either end, and not one more', () => {
  expect(lineOf(3, 'utf8')(queued('abc\n'), false)).toBe('abc')
  expect(lineOf(3, 'utf8')(queued('abc\r\n'), false)).toBe('abc')
  expect(lineOf(3, 'utf8')(queued('abc\r'), false)).toBeUndefined()
  for (const tooLong of ['abcd\n', 'abcd\r\n', 'abcde', 'abcd\r']) {
    const queue = queued(tooLong)
    const error = thrown(() => lineOf(3, 'utf8')(queue, false))
    expect([error.code, error.limit, queue.length]).toEqual(['NET_PROTO_LIMIT', 3, tooLong.length])
  }
})

test('up to a delimiter, the limit counts the delimiter too', () => {
  expect(latin1(bytesUntil(bytes('--'), 5)(queued('abc--rest'), false) ?? null)).toBe('abc--')
  expect(bytesUntil(bytes('--'), 5)(queued('abc-'), false)).toBeUndefined()
  expect(thrown(() => bytesUntil(bytes('--'), 4)(queued('abc--'), false)).code).toBe(
    'NET_PROTO_LIMIT',
  )
  expect(thrown(() => bytesUntil(bytes('--'), 4)(queued('abcd'), false)).code).toBe(
    'NET_PROTO_LIMIT',
  )
  expect(thrown(() => bytesUntil(bytes('--'), 9)(queued('abc'), true)).code).toBe(
    'NET_PROTO_INCOMPLETE',
  )
  expect(bytesUntil(bytes('--'), 9)(queued(''), true)).toBeNull()
})

test('everything waits for the end and stays below the limit', () => {
  expect(everything(3)(queued('abc'), false)).toBeUndefined()
  expect(latin1(everything(3)(queued('abc'), true) ?? null)).toBe('abc')
  expect(thrown(() => everything(2)(queued('abc'), false)).code).toBe('NET_PROTO_LIMIT')
})

test('[H-SOCK-14] lines and parts are the same however their bytes are cut', () => {
  const line = fc.string({ unit: fc.constantFrom('a', '\r', 'é', ' '), maxLength: 6 })
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), fc.array(fc.nat(4)), (lines, cuts) => {
      const whole = Buffer.from(lines.map((each) => `${each}\n`).join(''), 'utf8')
      const expected = lines.map((each) => each.replace(/\r$/, ''))
      expect(readAll(whole, cuts, () => lineOf(100, 'utf8'))).toEqual(expected)
      const parts = readAll(whole, cuts, () => bytesUntil(Buffer.from('\n'), 100))
      expect(parts.map((part) => asText(part, 'utf8'))).toEqual(lines.map((each) => `${each}\n`))
    }),
  )
})

/** Feeds the bytes piece by piece, asking the running rule after each. */
function readAll<T>(
  whole: Uint8Array,
  cuts: readonly number[],
  next: () => ReadRule<T | null>,
): T[] {
  const queue = new ByteQueue()
  const results: T[] = []
  let rule = next()
  let at = 0
  for (const size of [...cuts, whole.length]) {
    queue.push(whole.subarray(at, at + size))
    at += size
    for (let result = rule(queue, false); result != null; result = rule(queue, false)) {
      results.push(result)
      rule = next()
    }
  }
  expect(rule(queue, true)).toBeNull()
  return results
}

function queued(content: string): ByteQueue {
  const queue = new ByteQueue()
  for (const character of content) queue.push(bytes(character))
  return queue
}
