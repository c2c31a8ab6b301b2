import { tee } from '@net/async/iterators'
import { useFakeClock } from '@net/core/testing'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

async function* source(trail: string[], count: number): AsyncGenerator<number> {
  try {
    for (let number = 0; number < count; number++) {
      trail.push(`${number}`)
      yield number
    }
  } finally {
    trail.push('closed')
  }
}

describe('tee', () => {
  test('[ASYNC-38] every reader gets every item, and the source is read once', async () => {
    const trail: string[] = []
    const readers = tee(source(trail, 3), 3)
    const all = await Promise.all(readers.map(async (reader) => Array.fromAsync(reader)))
    expect(all).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
    ])
    expect(trail).toEqual(['0', '1', '2', 'closed'])
  })

  test('in every order of reading and leaving', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(12),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.nat(4)), {
          minLength: 1,
          maxLength: 4,
        }),
        async (count, ahead, plans) => {
          const trail: string[] = []
          const readers = tee(source(trail, count), plans.length, { ahead })
          const read = async (index: number): Promise<number[]> => {
            const [most, pause] = plans[index] as [number, number]
            const seen: number[] = []
            for await (const item of readers[index] as AsyncIterable<number>) {
              seen.push(item)
              if (seen.length === most) break
              for (let turn = 0; turn < pause; turn++) await Promise.resolve()
            }
            return seen
          }
          const all = await Promise.all(plans.map(async (_, index) => read(index)))
          for (const [index, seen] of all.entries()) {
            const wanted = Math.min(count, plans[index]?.[0] ?? 0)
            expect(seen).toEqual(Array.from({ length: wanted }, (_, item) => item))
          }
          expect(trail.filter((line) => line === 'closed').length).toBe(1)
        },
      ),
    )
  })

  test('the fastest waits when it is too far ahead', async () => {
    using clock = useFakeClock()
    const trail: string[] = []
    const [fast, slow] = tee(source(trail, 100), 2, { ahead: 2 })
    const seen: number[] = []
    const reading = (async () => {
      for await (const item of fast ?? []) seen.push(item)
    })()
    await clock.advance(0)
    expect(seen).toEqual([0, 1])
    expect((await slow?.next())?.value).toBe(0)
    await clock.advance(0)
    expect(seen).toEqual([0, 1, 2])
    await slow?.return?.()
    await reading
    expect(seen.length).toBe(100)
  })

  test('[H-ASYNC-05] the source is closed when the last reader has left, opened or not', async () => {
    const trail: string[] = []
    {
      await using stack = new AsyncDisposableStack()
      const [one, two] = tee(source(trail, 10), 2).map((reader) => stack.use(reader))
      await one?.next()
      await one?.return?.()
      expect(trail).toEqual(['0'])
      expect((await two?.next())?.value).toBe(0)
    }
    expect(trail).toEqual(['0', 'closed'])
    const [unread] = tee(source(trail, 10), 1)
    await unread?.return?.()
    expect(trail).toEqual(['0', 'closed'])
    expect(await unread?.next()).toEqual({ done: true, value: undefined })
  })

  test('every reader gets the failure of the source, after the items', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1
      throw new Error('cut')
    }
    for (const reader of tee(broken(), 2)) {
      expect((await reader.next()).value).toBe(1)
      await expect(reader.next()).rejects.toThrow('cut')
    }
  })

  test('two calls at a time get two items', async () => {
    const [reader] = tee([1, 2], 1)
    const both = await Promise.all([reader?.next(), reader?.next()])
    expect(both.map((next) => next?.value)).toEqual([1, 2])
  })

  test('refuses wrong counts', () => {
    expect(() => tee([], 0)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
    expect(() => tee([], 1, { ahead: 0 })).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  })
})
