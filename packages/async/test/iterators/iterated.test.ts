import { expect, test } from 'vitest'

import { openItems } from '../../src/iterators/iterated.ts'

test('sync and async items are taken alike, and closed', async () => {
  let closed = 0
  function* items(): Generator<string> {
    try {
      yield 'a'
      yield 'b'
    } finally {
      closed++
    }
  }
  async function* later(): AsyncGenerator<string> {
    yield* items()
  }
  for (const source of [items(), later()]) {
    const opened = openItems(source)
    expect(await opened.take()).toEqual({ done: false, value: 'a' })
    await opened.close()
  }
  expect(closed).toBe(2)
  expect(await openItems('x').take()).toEqual({ done: false, value: 'x' })
})
