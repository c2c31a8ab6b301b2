import { batch, pairwise } from '@net/async/iterators'
import { expect, test } from 'vitest'

async function* later<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}

test('[ASYNC-38] batch gives full lists, and a shorter last one', async () => {
  expect(await Array.fromAsync(batch(later([1, 2, 3, 4, 5]), 2))).toEqual([[1, 2], [3, 4], [5]])
  expect(await Array.fromAsync(batch([1, 2], 2))).toEqual([[1, 2]])
  expect(await Array.fromAsync(batch([], 2))).toEqual([])
  await expect(batch([1], 0).next()).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
})

test('batch does not wait for more once it is full', async () => {
  let asked = 0
  async function* endless(): AsyncGenerator<number> {
    for (;;) yield ++asked
  }
  for await (const list of batch(endless(), 3)) {
    expect(list).toEqual([1, 2, 3])
    break
  }
  expect(asked).toBe(3)
})

test('pairwise gives each item with the one before', async () => {
  expect(await Array.fromAsync(pairwise(later('abc')))).toEqual([
    ['a', 'b'],
    ['b', 'c'],
  ])
  expect(await Array.fromAsync(pairwise([1]))).toEqual([])
})
