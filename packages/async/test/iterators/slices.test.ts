import { drop, dropWhile, take, takeWhile } from '@net/async/iterators'
import { expect, test } from 'vitest'

async function* count(trail: string[] = []): AsyncGenerator<number> {
  try {
    for (let number = 0; number < 5; number++) {
      trail.push(`${number}`)
      yield number
    }
  } finally {
    trail.push('closed')
  }
}

test('take reads only the items that it gives, and closes', async () => {
  const trail: string[] = []
  expect(await Array.fromAsync(take(count(trail), 2))).toEqual([0, 1])
  expect(trail).toEqual(['0', '1', 'closed'])
  expect(await Array.fromAsync(take(count(), 0))).toEqual([])
  expect(await Array.fromAsync(take(count(), Infinity))).toEqual([0, 1, 2, 3, 4])
})

test('takeWhile ends at the first item that fails the test, and closes', async () => {
  const trail: string[] = []
  expect(await Array.fromAsync(takeWhile(count(trail), async (item) => item < 2))).toEqual([0, 1])
  expect(trail.at(-1)).toBe('closed')
})

test('drop and dropWhile give the rest', async () => {
  expect(await Array.fromAsync(drop(count(), 3))).toEqual([3, 4])
  expect(await Array.fromAsync(drop('ab', 5))).toEqual([])
  const odd = (item: number): boolean => item !== 2
  expect(await Array.fromAsync(dropWhile(count(), odd))).toEqual([2, 3, 4])
})

test('refuses a wrong amount', async () => {
  await expect(take([1], -1).next()).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  await expect(drop([1], 0.5).next()).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
})
