import { getEventListeners } from 'node:events'

import { map, mapUnordered, sleep } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { isAbort } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('map', () => {
  test('[ASYNC-13] has the results in order, and never more at work than allowed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 })),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        async (turns, concurrency, late) => {
          let active = 0
          let most = 0
          const transform = async (turn: number): Promise<number> => {
            most = Math.max(most, ++active)
            for (let count = 0; count < turn; count++) await Promise.resolve()
            active--
            return turn * 2
          }
          const items = late ? later(turns) : turns
          const results = await map(items, transform, { concurrency })
          expect(results).toEqual(turns.map((turn) => turn * 2))
          expect(most).toBeLessThanOrEqual(concurrency)
          if (!late) expect(most).toBe(Math.min(turns.length, concurrency))
        },
      ),
    )
  })

  test('an infinite concurrency begins everything at once', async () => {
    using clock = useFakeClock()
    for (const items of [numbers(500), later(numbers(500))]) {
      const began = clock.now()
      const running = map(items, async (item) => sleep(100).then(() => item), {
        concurrency: Infinity,
      })
      await clock.advance(100)
      expect(await running).toHaveLength(500)
      expect(clock.now()).toBe(began + 100)
    }
  })

  test('takes an item only when a worker is free', async () => {
    using clock = useFakeClock()
    let taken = 0
    async function* items(): AsyncGenerator<number> {
      for (;;) yield ++taken
    }
    const controller = new AbortController()
    const running = map(items(), async (_, { signal }) => sleep(100, { signal }), {
      concurrency: 3,
      signal: controller.signal,
    }).catch((error: unknown) => error)
    await clock.advance(250)
    expect(taken).toBe(9)
    controller.abort()
    expect(isAbort(await running)).toBe(true)
  })

  test.each(['at once', 'one by one'])(
    'a failure aborts the rest and closes items that come %s',
    async (kind) => {
      using clock = useFakeClock()
      let closed = false
      let begun = 0
      function* endless(): Generator<number> {
        try {
          for (let number = 0; ; number++) yield number
        } finally {
          closed = true
        }
      }
      const items = kind === 'at once' ? endless() : later(endless())
      const running = map(
        items,
        async (item, { signal }) => {
          begun++
          if (item === 5) throw new Error('five')
          await sleep(item === 0 ? Infinity : 1, { signal })
        },
        { concurrency: 2 },
      ).catch((error: unknown) => error)
      await clock.advance(10)
      expect(await running).toMatchObject({ message: 'five' })
      expect([closed, begun]).toEqual([true, 6])
      expect(clock.timers).toBe(0)
    },
  )

  test('an iterator that throws fails the call', async () => {
    function* broken(): Generator<number> {
      yield 1
      throw new Error('cut')
    }
    const keep = async (item: number): Promise<number> => item
    await expect(map(broken(), keep, { concurrency: 2 })).rejects.toThrow('cut')
    await expect(map(later(broken()), keep, { concurrency: 2 })).rejects.toThrow('cut')
  })

  test.each(['map', 'mapUnordered'])(
    '%s rejects only when the source has closed, though that was busy with an item',
    async (which) => {
      using clock = useFakeClock()
      const trail: string[] = []
      async function* rows(): AsyncGenerator<number> {
        try {
          for (let row = 0; ; row++) {
            await sleep(row < 4 ? 1 : 200)
            yield row
          }
        } finally {
          await sleep(5)
          trail.push('closed')
        }
      }
      const work = async (row: number): Promise<void> => {
        if (row === 3) throw new Error('bad row')
      }
      const options = { concurrency: 2 }
      const running =
        which === 'map'
          ? map(rows(), work, options)
          : Array.fromAsync(mapUnordered(rows(), work, options))
      const failed = running.catch((error: unknown) => {
        trail.push((error as Error).message)
      })
      await clock.advance(1000)
      await failed
      expect(trail).toEqual(['closed', 'bad row'])
      expect(clock.timers).toBe(0)
    },
  )

  test('names a source that does not close within the grace, and keeps the failure', async () => {
    using clock = useFakeClock()
    async function* stuck(): AsyncGenerator<number> {
      yield 1
      await new Promise<never>(() => {})
    }
    const work = async (): Promise<void> => {
      await sleep(10)
      throw new Error('bad row')
    }
    const failed = map(stuck(), work, { concurrency: 2, grace: 50 }).catch(
      (error: unknown) => error,
    )
    await clock.advance(60)
    expect(await failed).toMatchObject({
      code: 'NET_GROUP',
      errors: [{ message: 'bad row' }, { code: 'NET_TASK_LEAKED', limit: 50 }],
    })
  })

  test('is not held up by an iterator that never answers', async () => {
    using clock = useFakeClock()
    const silent = { [Symbol.asyncIterator]: () => ({ next: async () => sleep(1e9) as never }) }
    const running = map(silent, async () => 1, { concurrency: 2, timeout: 100 }).catch(
      (error: unknown) => error,
    )
    await clock.advance(100)
    expect(await running).toMatchObject({ code: 'NET_TIMEOUT_TOTAL' })
  })

  test('a worker that ignores the abort gets no further item', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    let begun = 0
    const running = map(
      numbers(100),
      async () => {
        begun++
        await sleep(100)
      },
      { concurrency: 2, signal: controller.signal },
    ).catch((error: unknown) => error)
    await clock.advance(50)
    controller.abort()
    await clock.advance(50)
    expect(isAbort(await running)).toBe(true)
    expect(begun).toBe(2)
  })

  test('accepts strings, and an empty list', async () => {
    const upper = async (item: string): Promise<string> => item.toUpperCase()
    expect(await map('abc', upper, { concurrency: 2 })).toEqual(['A', 'B', 'C'])
    expect(await map([], upper, { concurrency: 2 })).toEqual([])
  })

  test.each([undefined, 0, 1.5, -1])('refuses a concurrency of %s', async (concurrency) => {
    const running = map([1], async () => 1, { concurrency } as { concurrency: number })
    await expect(running).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  })

  test('an aborted signal rejects before the first item', async () => {
    let begun = false
    const running = map([1], async () => (begun = true), {
      concurrency: 1,
      signal: AbortSignal.abort(),
    })
    await expect(running).rejects.toSatisfy(isAbort)
    expect(begun).toBe(false)
  })

  test('leaves nothing behind', async () => {
    using _clock = useFakeClock()
    const { signal } = new AbortController()
    const options = { concurrency: 8, signal, timeout: 1000 }
    await checkNoLeaks(
      async () =>
        map(numbers(1000), async (item, context) => [item, context.signal.aborted], options),
      { listeners: [signal] },
    )
  })
})

describe('mapUnordered', () => {
  test('gives results as they come, and the reader sets the pace', async () => {
    using clock = useFakeClock()
    let begun = 0
    const results = mapUnordered(
      [300, 100, 200, 50, 50],
      async (item, { signal }) => {
        begun++
        await sleep(item, { signal })
        return item
      },
      { concurrency: 2 },
    )
    await clock.advance(0)
    expect(begun).toBe(0)
    const first = results.next()
    await clock.advance(1000)
    expect((await first).value).toBe(100)
    expect(begun).toBe(3)
    const seen: number[] = []
    const reading = (async () => {
      for await (const item of results) seen.push(item)
    })()
    await clock.advance(1000)
    await reading
    expect(seen).toEqual([300, 200, 50, 50])
  })

  test.each(['at once', 'one by one'])('leaving it closes items that come %s', async (kind) => {
    using clock = useFakeClock()
    const trail: string[] = []
    function* endless(): Generator<number> {
      try {
        for (let number = 0; ; number++) yield number
      } finally {
        trail.push('closed')
      }
    }
    const items = kind === 'at once' ? endless() : later(endless())
    const work = async (item: number, { signal }: { signal: AbortSignal }): Promise<number> => {
      await sleep(item === 0 ? Infinity : 1, { signal }).catch(async () => sleep(5))
      return item
    }
    const reading = (async () => {
      for await (const item of mapUnordered(items, work, { concurrency: 3 })) if (item > 4) break
      trail.push('left')
    })()
    await clock.advance(100)
    await reading
    expect(trail).toEqual(['closed', 'left'])
    expect(clock.timers).toBe(0)
  })

  test('the first failure ends the reading, after the results that were there', async () => {
    const seen: number[] = []
    const reading = (async () => {
      const double = async (item: number): Promise<number> => {
        if (item === 3) throw new Error('three')
        return item * 2
      }
      for await (const item of mapUnordered(numbers(10), double, { concurrency: 1 })) {
        seen.push(item)
      }
    })()
    await expect(reading).rejects.toThrow('three')
    expect(seen).toEqual([0, 2, 4])
  })

  test('has every result once, at every speed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5)),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        async (turns, concurrency, late) => {
          const seen: number[] = []
          const work = async (turn: number, index: number): Promise<number> => {
            for (let count = 0; count < turn; count++) await Promise.resolve()
            return index
          }
          const items = [...turns.entries()]
          const results = mapUnordered(
            late ? later(items) : items,
            async ([index, turn]) => work(turn, index),
            { concurrency },
          )
          for await (const index of results) seen.push(index)
          expect(seen.toSorted((a, b) => a - b)).toEqual([...turns.keys()])
        },
      ),
    )
  })

  test('refuses wrong arguments where it is read', async () => {
    const keep = async (item: number): Promise<number> => item
    const noLimit = mapUnordered([1], keep, {} as { concurrency: number })
    await expect(noLimit.next()).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
    const noJob = mapUnordered([1], Promise.resolve(1) as never, { concurrency: 1 })
    await expect(noJob.next()).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  })
})

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

async function* later<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}

test('an iterable that cannot be opened leaves no limit and no listener behind', async () => {
  using clock = useFakeClock()
  const { signal } = new AbortController()
  const options = { concurrency: 2, timeout: 1000, signal }
  const stream = new ReadableStream<number>()
  stream.getReader()
  const transform = async (item: number): Promise<number> => item
  await expect(map(stream, transform, options)).rejects.toThrow('locked')
  await expect(Array.fromAsync(mapUnordered(stream, transform, options))).rejects.toThrow('locked')
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(clock.timers).toBe(0)
})
