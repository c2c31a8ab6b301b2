import { NetError } from '@net/core'
import {
  delimited,
  jsonLines,
  lengthPrefixed,
  lines,
  netstrings,
  texts,
  type FrameCodec,
} from '@net/socket'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { fuzz } from './fuzz.ts'

type Make = () => FrameCodec<unknown>

/** Each codec with the bytes that mean most to it. */
const codecs: readonly (readonly [string, Make, readonly number[]])[] = [
  ['lines', () => lines({ limit: 16 }), [10, 13, 65, 66, 0, 0xc3, 0xa4]],
  ['jsonLines', () => jsonLines({ limit: 16 }), [...Buffer.from('\r\n{}[]"0,: ntrue'), 0xc3]],
  ['delimited', () => delimited('aab', { limit: 16 }), [...Buffer.from('abc')]],
  ['netstrings', () => netstrings({ limit: 16 }), [...Buffer.from('0123:,a')]],
  ['length of 1 byte', () => lengthPrefixed({ size: 1, limit: 16 }), [0, 1, 2, 5, 17]],
  ['length of 2 bytes', () => lengthPrefixed({ size: 2, limit: 16 }), [0, 0, 1, 5, 17]],
  ['length of 4 bytes', () => lengthPrefixed({ endian: 'little', limit: 16 }), [0, 0, 0, 1, 5, 17]],
  ['length of 8 bytes', () => lengthPrefixed({ size: 8, limit: 16 }), [0, 0, 0, 0, 1, 255]],
  ['varint', () => lengthPrefixed({ size: 'varint', limit: 16 }), [0, 1, 3, 0x80, 0x82, 0xff]],
]

test.each(codecs)(
  '%s: split anywhere, the same messages come out',
  async (_name, make, alphabet) => {
    const whole = fc.array(fc.constantFrom(...alphabet), { maxLength: 60 })
    const cuts = fc.array(fc.nat(60), { maxLength: 8 })
    await fuzz(fc.tuple(whole, cuts), ([bytes, at]) => {
      const expected = outcome(make(), [Uint8Array.from(bytes)])
      const ends = [...at.filter((end) => end < bytes.length), bytes.length].toSorted(
        (a, b) => a - b,
      )
      const pieces = ends.map((end, index) =>
        Uint8Array.from(bytes.slice(ends[index - 1] ?? 0, end)),
      )
      expect(outcome(make(), pieces)).toEqual(expected)
    })
  },
)

test.each(codecs)(
  '%s: any bytes give messages or an error of ours, and do not gather',
  async (_name, make) => {
    await fuzz(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const codec = make()
      let waiting = 0
      let most = 0
      const told = errorOf(() => {
        for (const byte of bytes) {
          waiting = codec.decode(Uint8Array.of(byte)).length > 0 ? 0 : waiting + 1
          most = Math.max(most, waiting)
        }
        codec.finish()
      })
      expect(most).toBeLessThanOrEqual(MOST)
      if (told !== undefined) expect(told).toMatch(/^NET_PROTO_/)
    })
  },
)

test('texts: split anywhere, the same text comes out', async () => {
  const alphabet = fc.constantFrom(10, 13, 65, 0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xff)
  const whole = fc.array(alphabet, { maxLength: 60 })
  await fuzz(fc.tuple(whole, fc.nat(60), fc.constantFrom('lf' as const, undefined)), (input) => {
    const [bytes, at, newline] = input
    const all = Uint8Array.from(bytes)
    const together = outcome(texts({ newline }), [all])
    const apart = outcome(texts({ newline }), [all.subarray(0, at), all.subarray(at)])
    expect([apart.messages.join(''), apart.error]).toEqual([
      together.messages.join(''),
      together.error,
    ])
  })
})

function outcome(
  codec: FrameCodec<unknown>,
  pieces: readonly Uint8Array[],
): { messages: unknown[]; error?: string } {
  const messages: unknown[] = []
  const error = errorOf(() => {
    for (const piece of pieces) messages.push(...codec.decode(piece))
    codec.finish()
  })
  return error === undefined ? { messages } : { messages, error }
}

function errorOf(run: () => void): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof NetError) return error.code
    throw error
  }
}

// The limit of a message, and what stands around it.
const MOST = 16 + 10
