import { expect, test } from 'vitest'

import { SourceComparison } from '../src/source-comparison.ts'

async function* pieces(): AsyncGenerator<Uint8Array, void> {
  const memory = Buffer.alloc(3)
  for (const text of ['012', '345', '', '67']) yield memory.subarray(0, memory.write(text))
}

test('bytes are compared however both sides are cut', async () => {
  for (const size of [1, 2, 4, 8]) {
    await using comparison = new SourceComparison(pieces, 1)
    for (let at = 1; at < 8; at += size) {
      expect(await comparison.isAtEnd()).toBe(false)
      await comparison.take(Buffer.from('01234567'.slice(at, at + size)))
    }
    expect([comparison.differs, await comparison.isAtEnd()]).toEqual([false, true])
    await comparison.take(Buffer.from('8'))
    expect(comparison.differs).toBe(true)
  }
})

test('one byte that differs is enough', async () => {
  await using comparison = new SourceComparison(Buffer.from('01234567'), 0)
  await comparison.take(Buffer.from('0123x'))
  await comparison.take(Buffer.from('567'))
  expect(comparison.differs).toBe(true)
})
