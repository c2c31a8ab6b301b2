import { asChannel, sleep, type JobContext } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

describe('asChannel', () => {
  test('[ASYNC-37] leaving the loop aborts the signal of a waiting generator, and waits until it has closed', async () => {
    using clock = useFakeClock()
    const trail: string[] = []
    async function* readings({ signal }: JobContext): AsyncGenerator<number> {
      try {
        for (let number = 1; ; number++) {
          yield number
          await sleep(60_000, { signal })
        }
      } finally {
        await sleep(10)
        trail.push('closed')
      }
    }
    const reading = (async () => {
      for await (const number of asChannel(readings)) {
        trail.push(`${number}`)
        if (number === 1) break
      }
      trail.push('left')
    })()
    await clock.advance(10)
    await reading
    expect(trail).toEqual(['1', 'closed', 'left'])
    expect(clock.timers).toBe(0)
  })

  test('[ASYNC-37] disposing closes a generator that is not read to its end, one not begun included', async () => {
    const trail: string[] = []
    async function* numbers(): AsyncGenerator<number> {
      trail.push('begun')
      try {
        for (let number = 0; ; number++) yield number
      } finally {
        trail.push('closed')
      }
    }
    {
      await using values = asChannel(numbers)
      expect((await values.next()).value).toBe(0)
    }
    {
      await using _unread = asChannel(numbers)
    }
    expect(trail).toEqual(['begun', 'closed'])
  })

  test('works ahead as far as its buffer', async () => {
    using clock = useFakeClock()
    for (const [buffer, made] of [
      [0, 2],
      [3, 5],
    ] as const) {
      let number = 0
      await using values = asChannel(
        async function* () {
          for (;;) yield ++number
        },
        { buffer },
      )
      expect((await values.next()).value).toBe(1)
      await clock.advance(0)
      expect(number).toBe(made)
    }
  })

  test('what the generator throws comes after the items that were there', async () => {
    const broken = asChannel(
      async function* () {
        yield 1
        yield 2
        throw new Error('cut')
      },
      { buffer: 5 },
    )
    const seen: number[] = []
    const reading = (async () => {
      for await (const number of broken) seen.push(number)
    })()
    await expect(reading).rejects.toThrow('cut')
    expect(seen).toEqual([1, 2])
  })

  test('a limit ends it, and a generator that ignores that is named', async () => {
    using clock = useFakeClock()
    const limited = asChannel(
      async function* ({ signal }) {
        await sleep(Infinity, { signal })
        yield 1
      },
      { timeout: 100 },
    )
    const waiting = limited.next().catch((error: unknown) => error)
    await clock.advance(100)
    expect(await waiting).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 100 })
    const deaf = asChannel(
      async function* () {
        await sleep(1e9)
        yield 1
      },
      { timeout: 100, grace: 50 },
    )
    const leaked = deaf.next().catch((error: unknown) => error)
    await clock.advance(150)
    expect(await leaked).toMatchObject({ code: 'NET_TASK_LEAKED', limit: 50 })
  })

  test('leaves nothing behind', async () => {
    using _clock = useFakeClock()
    const { signal } = new AbortController()
    await checkNoLeaks(
      async () => {
        const values = asChannel(
          async function* (context) {
            for (;;) {
              yield 1
              await sleep(1, context)
            }
          },
          { signal, timeout: 1000 },
        )
        for await (const _ of values) break
      },
      { listeners: [signal] },
    )
  })

  test('refuses a value that is not a generator, and a wrong buffer', async () => {
    await expect(asChannel([] as never).next()).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
    const values = asChannel(async function* () {}, { buffer: -1 })
    await expect(values.next()).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  })
})
