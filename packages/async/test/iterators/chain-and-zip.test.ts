import { Queue } from '@net/async'
import { chain, zip } from '@net/async/iterators'
import { describe, expect, expectTypeOf, test } from 'vitest'

async function* source(name: string, count: number, trail: string[]): AsyncGenerator<string> {
  trail.push(`${name} opened`)
  try {
    for (let number = 0; number < count; number++) yield `${name}${number}`
  } finally {
    trail.push(`${name} closed`)
  }
}

describe('chain', () => {
  test('[ASYNC-38] gives one source after the other, each opened at its turn', async () => {
    const trail: string[] = []
    const all = await Array.fromAsync(chain([source('a', 2, trail), ['x'], source('b', 1, trail)]))
    expect(all).toEqual(['a0', 'a1', 'x', 'b0'])
    expect(trail).toEqual(['a opened', 'a closed', 'b opened', 'b closed'])
  })

  test('[H-ASYNC-05] left early, it closes the source at work and opens no other', async () => {
    const trail: string[] = []
    for await (const _ of chain([source('a', 2, trail), source('b', 1, trail)])) break
    expect(trail).toEqual(['a opened', 'a closed'])
  })
})

describe('zip', () => {
  test('[ASYNC-38] gives the items side by side until one source ends, and closes the rest', async () => {
    const trail: string[] = []
    const zipped = zip([source('a', 3, trail), [1, 2], source('c', 5, trail)])
    const all = await Array.fromAsync(zipped)
    expectTypeOf(all).toEqualTypeOf<[string, number, string][]>()
    expect(all).toEqual([
      ['a0', 1, 'c0'],
      ['a1', 2, 'c1'],
    ])
    expect(trail.toSorted()).toEqual(['a closed', 'a opened', 'c closed', 'c opened'])
  })

  test('[H-ASYNC-05] left early, it closes all', async () => {
    const trail: string[] = []
    for await (const _ of zip([source('a', 3, trail), source('b', 3, trail)])) break
    expect(trail.filter((line) => line.endsWith('closed')).length).toBe(2)
  })

  test('a failure closes the others, and those behind it are not asked', async () => {
    const trail: string[] = []
    const broken = async function* (name: string): AsyncGenerator<string> {
      await Promise.reject(new Error(name))
      yield name
    }
    const one = Array.fromAsync(zip([source('a', 3, trail), broken('b')]))
    await expect(one).rejects.toThrow(/^b$/u)
    expect(trail).toEqual(['a opened', 'a closed'])
    await expect(Array.fromAsync(zip([broken('b'), source('c', 1, trail)]))).rejects.toThrow('b')
    expect(trail).toEqual(['a opened', 'a closed'])
  })

  test('reads in order and stops at the first that ends: the sources behind it keep their items', async () => {
    const jobs = new Queue<string>()
    for (const job of ['first', 'second', 'third']) await jobs.put(job)
    const pairs = await Array.fromAsync(zip([['worker 1', 'worker 2'], jobs]))
    expect(pairs).toEqual([
      ['worker 1', 'first'],
      ['worker 2', 'second'],
    ])
    expect(jobs.size).toBe(1)
  })

  test('does not wait for a source that no longer matters', async () => {
    expect(await Array.fromAsync(zip([[], new Queue<string>()]))).toEqual([])
  })

  test('of nothing is nothing', async () => {
    expect(await Array.fromAsync(zip([]))).toEqual([])
  })
})
