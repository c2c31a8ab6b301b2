import { copyOf, piecesOf, sizeOf } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('the size of chunks is that of all', () => {
  expect([sizeOf([]), sizeOf([new Uint8Array(3), new Uint8Array(0), new Uint8Array(4)])]).toEqual([
    0, 7,
  ])
})

test('pieces have at most 64 KiB, and all bytes in order', () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, at) => at % 251)
  const chunks = [bytes.subarray(0, 10), bytes.subarray(10, 100_000), bytes.subarray(100_000)]
  const pieces = [...piecesOf(chunks)]
  expect(pieces.map(sizeOf)).toEqual([65_536, 65_536, 65_536, 3_392])
  expect(Buffer.compare(Buffer.concat(pieces.flat()), bytes)).toBe(0)
  expect([...piecesOf([]), ...piecesOf([new Uint8Array(0)])]).toEqual([])
})

test('a copy has the bytes of the chunk, whatever becomes of it', () => {
  const chunk = Buffer.from('xabcx').subarray(1, 4)
  const copy = copyOf(chunk)
  chunk.fill('z')
  expect(Buffer.from(copy).toString()).toBe('abc')
})
