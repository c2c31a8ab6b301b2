import { ByteQueue } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { readFixed, readVarint, writeFixed, writeVarint } from '../../src/framing/prefix.ts'
import { thrown } from '../support.ts'

function queueOf(bytes: Iterable<number>): ByteQueue {
  const queue = new ByteQueue()
  queue.push(Uint8Array.from(bytes))
  return queue
}

test('lengths up to the largest exact number come back as they were written', () => {
  for (const length of [0, 1, 127, 128, 300, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    for (const endian of ['big', 'little'] as const) {
      const fixed = queueOf(writeFixed(length, 8, endian))
      expect(readFixed(fixed, 8, endian)).toEqual({ bytes: 8, length })
    }
    const varint = writeVarint(length)
    expect(readVarint(queueOf(varint))).toEqual({ bytes: varint.length, length })
  }
  expect([...writeVarint(300)]).toEqual([0xac, 0x02])
})

test('a length that has not arrived whole is awaited', () => {
  expect(readFixed(queueOf([0, 0, 0]), 4, 'big')).toBeUndefined()
  expect(readVarint(queueOf([0x80]))).toBeUndefined()
})

test('a varint has at most 10 bytes', () => {
  const bytes = Array.from({ length: 10 }, () => 0x80)
  expect(thrown(() => readVarint(queueOf(bytes))).code).toBe('NET_PROTO_MALFORMED')
})
