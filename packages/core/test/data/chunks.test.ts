import { copyOf, sizeOf } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('the size of chunks is that of all', () => {
  expect([sizeOf([]), sizeOf([new Uint8Array(3), new Uint8Array(0), new Uint8Array(4)])]).toEqual([
    0, 7,
  ])
})

test('a copy has the bytes of the chunk, whatever becomes of it', () => {
  const chunk = Buffer.from('xabcx').subarray(1, 4)
  const copy = copyOf(chunk)
  chunk.fill('z')
  expect(Buffer.from(copy).toString()).toBe('abc')
})
