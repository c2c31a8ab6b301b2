import { expect, test } from 'vitest'

import { flattened } from '../src/flattened.ts'

async function* batches(
  ...all: readonly (readonly number[])[]
): AsyncGenerator<readonly number[], undefined> {
  yield* all
  return undefined
}

test('gives the items of all batches in order, also where some are empty', async () => {
  const items: number[] = []
  for await (const item of flattened(batches([1, 2], [], [3]))) items.push(item)
  expect(items).toEqual([1, 2, 3])
})

test('those who ask at once each get the next one', async () => {
  const items = flattened(batches([1, 2], [3]))
  const asked = [items.next(), items.next(), items.next(), items.next(), items.next()]
  expect((await Promise.all(asked)).map(({ value }) => value)).toEqual([
    1,
    2,
    3,
    undefined,
    undefined,
  ])
})

test('what the batches throw comes behind what they gave, and leaving leaves them', async () => {
  const mine = new Error('mine')
  let isLeft = false
  async function* failing(): AsyncGenerator<readonly number[], undefined> {
    try {
      yield [1, 2]
      throw mine
    } finally {
      isLeft = true
    }
  }
  const items = flattened(failing())
  expect(await items.next()).toEqual({ done: false, value: 1 })
  expect(await items.next()).toEqual({ done: false, value: 2 })
  await expect(items.next()).rejects.toBe(mine)
  expect(await items.next()).toEqual({ done: true, value: undefined })
  isLeft = false
  for await (const item of flattened(failing())) if (item === 1) break
  expect(isLeft).toBe(true)
})

test('what is here already is given at once, also to a loop that asks as soon as it has an item', async () => {
  const items = flattened(batches([1, 2, 3]))
  await items.next()
  for (const expected of [2, 3]) {
    const given: unknown[] = []
    void items.next().then(({ value }) => given.push(value))
    await Promise.resolve()
    expect(given).toEqual([expected])
  }
})
