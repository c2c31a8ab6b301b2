import { enumerate, filter, flatMap, mapEach, scan } from '@net/async/iterators'
import { expect, test } from 'vitest'

const numbers = [1, 2, 3, 4]

async function* later<T>(items: Iterable<T>, trail: string[] = []): AsyncGenerator<T> {
  try {
    yield* items
  } finally {
    trail.push('closed')
  }
}

test('[ASYNC-38] mapEach transforms each item, one after the other', async () => {
  let active = 0
  const double = async (item: number, index: number): Promise<number> => {
    expect(++active).toBe(1)
    await Promise.resolve()
    active--
    return item * 2 + index
  }
  expect(await Array.fromAsync(mapEach(later(numbers), double))).toEqual([2, 5, 8, 11])
  expect(await Array.fromAsync(mapEach(numbers, (item) => -item))).toEqual([-1, -2, -3, -4])
})

test('[ASYNC-38] filter keeps what the test holds for', async () => {
  const even = async (item: number): Promise<boolean> => item % 2 === 0
  expect(await Array.fromAsync(filter(later(numbers), even))).toEqual([2, 4])
  expect(await Array.fromAsync(filter('abc', (_, index) => index > 0))).toEqual(['b', 'c'])
})

test('flatMap gives the items of what each item becomes', async () => {
  const twice = (item: number): AsyncIterable<number> => later([item, item * 10])
  expect(await Array.fromAsync(flatMap(numbers.slice(0, 2), twice))).toEqual([1, 10, 2, 20])
})

test('enumerate counts, scan accumulates', async () => {
  expect(await Array.fromAsync(enumerate(later('ab')))).toEqual([
    [0, 'a'],
    [1, 'b'],
  ])
  const sums = scan(later(numbers), async (sum: number, item) => sum + item, 0)
  expect(await Array.fromAsync(sums)).toEqual([1, 3, 6, 10])
})

test('[H-ASYNC-05] left by break or throw, each closes what it reads; never read, it opens nothing', async () => {
  const all = [
    (items: AsyncIterable<number>) => mapEach(items, (item) => item),
    (items: AsyncIterable<number>) => filter(items, () => true),
    (items: AsyncIterable<number>) => flatMap(items, (item) => [item, item]),
    (items: AsyncIterable<number>) => enumerate(items),
    (items: AsyncIterable<number>) => scan(items, (_, item) => item, 0),
  ]
  for (const through of all) {
    const trail: string[] = []
    for await (const _ of through(later(numbers, trail))) break
    expect(trail).toEqual(['closed'])
    const loop = async (): Promise<void> => {
      for await (const _ of through(later(numbers, trail))) throw new Error('out')
    }
    await expect(loop()).rejects.toThrow('out')
    expect(trail).toEqual(['closed', 'closed'])
    let opened = false
    await through({
      [Symbol.asyncIterator]: () => {
        opened = true
        return later(numbers)
      },
    }).return(undefined)
    expect(opened).toBe(false)
  }
})

test('a transform that throws closes its source', async () => {
  const trail: string[] = []
  const broken = mapEach(later(numbers, trail), (item) => {
    if (item === 2) throw new Error('two')
    return item
  })
  await expect(Array.fromAsync(broken)).rejects.toThrow('two')
  expect(trail).toEqual(['closed'])
})

test('refuses a value that is not a function when it is read', async () => {
  await expect(mapEach(numbers, 1 as never).next()).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
  await expect(filter(numbers, 1 as never).next()).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
})
