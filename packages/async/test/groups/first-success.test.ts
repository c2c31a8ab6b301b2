import { firstSuccess, sleep, type Job } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { isAbort } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

interface Begun {
  readonly name: string
  readonly at: number
}

describe('firstSuccess', () => {
  test('[ASYNC-12] the first success wins; the losers are cancelled and have ended', async () => {
    using clock = useFakeClock()
    const ended: string[] = []
    const running = firstSuccess([
      async () => Promise.reject(new Error('early')),
      async ({ signal }) => sleep(100, { signal }).then(() => 'winner'),
      async ({ signal }) => {
        try {
          await sleep(Infinity, { signal })
        } finally {
          await sleep(20)
          ended.push('loser')
        }
      },
    ])
    void running.then(() => ended.push('told'))
    await clock.advance(100)
    expect(ended).toEqual([])
    await clock.advance(20)
    expect(await running).toBe('winner')
    expect(ended).toEqual(['loser', 'told'])
  })

  test('[ASYNC-12] starts are staggered: the next job begins when the last one takes too long or fails', async () => {
    using clock = useFakeClock()
    const begun: Begun[] = []
    const job =
      (name: string, lasts: number, fails = false): Job<string> =>
      async ({ signal }) => {
        begun.push({ name, at: clock.now() })
        await sleep(lasts, { signal })
        if (fails) throw new Error(name)
        return name
      }
    const jobs = [job('a', 1000), job('b', 50, true), job('c', 500), job('d', 1000), job('e', 1)]
    const running = firstSuccess(jobs, { stagger: 250 })
    await clock.advance(800)
    expect(await running).toBe('c')
    expect(begun).toEqual([
      { name: 'a', at: 0 },
      { name: 'b', at: 250 },
      { name: 'c', at: 300 },
      { name: 'd', at: 550 },
    ])
    expect(clock.timers).toBe(0)
  })

  test('an infinite stagger tries one after the other', async () => {
    using clock = useFakeClock()
    let active = 0
    const job =
      (result: string | Error): Job<string> =>
      async () => {
        expect(++active).toBe(1)
        await sleep(1000)
        active--
        if (result instanceof Error) throw result
        return result
      }
    const running = firstSuccess([job(new Error('1')), job(new Error('2')), job('third')], {
      stagger: Infinity,
    })
    await clock.advance(3000)
    expect(await running).toBe('third')
  })

  test('if none succeeds it rejects with all failures, in the order of the jobs', async () => {
    using clock = useFakeClock()
    const fails =
      (milliseconds: number): Job<never> =>
      async () => {
        await sleep(milliseconds)
        throw new Error(`after ${milliseconds}`)
      }
    const running = firstSuccess([fails(20), fails(10)]).catch((error: unknown) => error)
    await clock.advance(20)
    expect(await running).toMatchObject({
      code: 'NET_GROUP',
      errors: [{ message: 'after 20' }, { message: 'after 10' }],
    })
    await expect(firstSuccess([async () => Promise.reject(new Error('x'))])).rejects.toMatchObject({
      code: 'NET_GROUP',
      errors: [{ message: 'x' }],
    })
  })

  test('reports every failure that does not decide', async () => {
    const told: unknown[] = []
    const value = await firstSuccess(
      [
        async () => Promise.reject(new Error('before')),
        async ({ signal }) => {
          await sleep(Infinity, { signal }).catch(() => {})
          throw new Error('in the clean-up')
        },
        async ({ signal }) => sleep(Infinity, { signal }),
        async () => Promise.resolve().then(() => 'won'),
      ],
      { onFailure: (error, index) => told.push([(error as Error).message, index]) },
    )
    expect(value).toBe('won')
    expect(told).toEqual([
      ['before', 0],
      ['in the clean-up', 1],
    ])
  })

  test('an abort rejects with what failed on the way', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const running = firstSuccess(
      [
        async ({ signal }) => {
          await sleep(Infinity, { signal }).catch(() => {})
          throw new Error('broken')
        },
        async ({ signal }) => sleep(Infinity, { signal }),
      ],
      { signal: controller.signal, stagger: 10 },
    ).catch((error: unknown) => error)
    await clock.advance(20)
    controller.abort()
    const error = await running
    expect(isAbort(error)).toBe(true)
    expect(error).toMatchObject({ errors: [{ message: 'broken' }] })
    expect(clock.timers).toBe(0)
  })

  test('leaves nothing behind, also with many jobs', async () => {
    using _clock = useFakeClock()
    const { signal } = new AbortController()
    const jobs = Array.from({ length: 20_000 }, () => async () => Promise.reject(new Error('x')))
    await checkNoLeaks(
      async () => {
        await firstSuccess([async () => 1, async () => 2], { signal, stagger: 100 })
        await expect(firstSuccess(jobs, { signal })).rejects.toMatchObject({ code: 'NET_GROUP' })
      },
      { listeners: [signal] },
    )
  })

  test('refuses no jobs, promises and a stagger below 0', async () => {
    await expect(firstSuccess([])).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
    const job = async (): Promise<number> => 1
    await expect(firstSuccess([job], { stagger: -1 })).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
    })
    await expect(firstSuccess([Promise.resolve(1) as never])).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
    })
  })
})
