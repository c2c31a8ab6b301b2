import { expect, test } from 'vitest'

import { forAwaitOnly } from '../../src/listing/for-await-only.ts'

async function* two(): AsyncGenerator<number> {
  yield 1
  yield 2
}

test('is iterated as before', async () => {
  expect(await Array.fromAsync(forAwaitOnly(two()))).toEqual([1, 2])
})

test('a loop without await says what to write', () => {
  const entries = forAwaitOnly(two()) as unknown as Iterable<number>
  expect(() => [...entries]).toThrow(
    expect.objectContaining({
      code: 'NET_BAD_OPTION',
      message: expect.stringContaining('for await'),
    }),
  )
})
