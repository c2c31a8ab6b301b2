import { asCompleted, sleep, type Completed, type Job } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { isAbort } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, expectTypeOf, test, vi } from 'vitest'

const after =
  (milliseconds: number, value: string): Job<string> =>
  async ({ signal }) => {
    await sleep(milliseconds, { signal })
    return value
  }

describe('asCompleted', () => {
  test('[ASYNC-10] gives results and errors in the order in which the jobs end', async () => {
    using clock = useFakeClock()
    const failure = new Error('middle')
    const seen: unknown[] = []
    const reading = (async () => {
      const jobs = [
        after(300, 'slow'),
        async () => sleep(200).then(async () => Promise.reject(failure)),
        after(100, 'fast'),
      ]
      for await (const one of asCompleted(jobs)) seen.push(one)
    })()
    await clock.advance(100)
    expect(seen).toEqual([{ index: 2, status: 'fulfilled', value: 'fast' }])
    await clock.advance(200)
    await reading
    expect(seen.slice(1)).toEqual([
      { index: 1, status: 'rejected', reason: failure },
      { index: 0, status: 'fulfilled', value: 'slow' },
    ])
  })

  test('[ASYNC-10] gives them to a plain loop, too: a promise of the first, the second and so on', async () => {
    using clock = useFakeClock()
    const seen: unknown[] = []
    const reading = (async () => {
      await using results = asCompleted([after(200, 'slow'), after(100, 'fast')])
      for (const next of results) seen.push((await next).index)
    })()
    await clock.advance(200)
    await reading
    expect(seen).toEqual([1, 0])
  })

  test('all promises of a plain loop may be waited for at once', async () => {
    using clock = useFakeClock()
    await using results = asCompleted([after(200, 'slow'), after(100, 'fast')])
    const promises = [...results]
    const all = Promise.all(promises)
    await clock.advance(200)
    expect((await all).map(({ index }) => index)).toEqual([1, 0])
  })

  test.each(['break', 'throw'])('leaving by %s cancels the rest and waits for it', async (how) => {
    using clock = useFakeClock()
    const ended: string[] = []
    const slow: Job<string> = async ({ signal }) => {
      try {
        await sleep(Infinity, { signal })
      } finally {
        await sleep(50)
        ended.push('cleaned up')
      }
      return 'never'
    }
    const reading = (async () => {
      for await (const one of asCompleted([slow, after(100, 'fast')])) {
        expect(one.index).toBe(1)
        if (how === 'break') break
        throw new Error('left')
      }
    })().finally(() => ended.push('left'))
    const outcome = reading.catch((error: unknown) => (error as Error).message)
    await clock.advance(100)
    expect(ended).toEqual([])
    await clock.advance(50)
    expect(await outcome).toBe(how === 'break' ? undefined : 'left')
    expect(ended).toEqual(['cleaned up', 'left'])
    expect(clock.timers).toBe(0)
  })

  test('a plain loop that is left cancels the rest; disposing waits for it', async () => {
    using clock = useFakeClock()
    const states: string[] = []
    const reading = (async () => {
      {
        await using results = asCompleted([
          after(100, 'fast'),
          async ({ signal }) => {
            try {
              await sleep(Infinity, { signal })
            } finally {
              await sleep(10)
              states.push('slow ended')
            }
          },
        ])
        for (const next of results) {
          await next
          break
        }
        states.push('left')
      }
      states.push('disposed')
    })()
    await clock.advance(200)
    await reading
    expect(states).toEqual(['left', 'slow ended', 'disposed'])
  })

  test('a promise of a plain loop that is not awaited is not an unhandled rejection', async () => {
    await checkNoLeaks(async () => {
      await using results = asCompleted([after(Infinity, 'never')])
      for (const next of results) {
        expectTypeOf(next).toEqualTypeOf<Promise<Completed<string>>>()
        break
      }
      await expect(results.next()).resolves.toEqual({ done: true, value: undefined })
    })
  })

  test('results that were not read are disposed', async () => {
    let disposed = 0
    const thing = { [Symbol.asyncDispose]: async () => void disposed++ }
    for await (const one of asCompleted([async () => thing, async () => thing, async () => 1])) {
      expect(one.index).toBe(0)
      break
    }
    expect(disposed).toBe(1)
  })

  test('signal and timeout end the loop, after the results that were there', async () => {
    using clock = useFakeClock()
    const results = asCompleted([after(50, 'a'), after(500, 'b')], { timeout: 100 })
    const first = results.next()
    await clock.advance(100)
    expect(await first).toMatchObject({ value: { index: 0 } })
    await expect(results.next()).rejects.toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 100 })
    expect(await results.next()).toEqual({ done: true, value: undefined })
    const aborted = asCompleted([after(50, 'a')], { signal: AbortSignal.abort() })
    await expect(aborted.next()).rejects.toSatisfy(isAbort)
  })

  test('[H-ASYNC-05] left by break or throw it ends; begun and never read on, its limit ends the jobs', async () => {
    using clock = useFakeClock()
    const ended: string[] = []
    const job: Job<void> = async ({ signal }) => {
      await sleep(Infinity, { signal }).finally(() => ended.push('ended'))
    }
    const untouched = asCompleted([job])
    const dropped = asCompleted([async () => 1, job], { timeout: 1000 })
    expect(await dropped.next()).toMatchObject({ value: { index: 0 } })
    await clock.advance(1000)
    expect(ended).toEqual(['ended'])
    expect(clock.timers).toBe(0)
    await untouched.return?.()
    expect(await untouched.next()).toEqual({ done: true, value: undefined })
    expect(ended).toEqual(['ended'])
    for (const how of ['break', 'throw']) {
      const loop = async (): Promise<void> => {
        for await (const _ of asCompleted([async () => 1, job])) {
          if (how === 'break') break
          throw new Error('out')
        }
      }
      await loop().catch((error: unknown) => expect((error as Error).message).toBe('out'))
    }
    expect(ended).toEqual(['ended', 'ended', 'ended'])
  })

  test('a failure in the clean-up of a job rejects where the loop is left, and is a warning after a dispose', async () => {
    using warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const breaks: Job<void> = async ({ signal }) => {
      await sleep(Infinity, { signal }).catch(() => {})
      throw new Error('in the clean-up')
    }
    const loop = async (): Promise<void> => {
      for await (const _ of asCompleted([async () => 1, breaks])) break
    }
    await expect(loop()).rejects.toThrow('in the clean-up')
    {
      await using results = asCompleted([async () => 1, breaks])
      await results.next()
    }
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('in the clean-up'), {
      code: 'NET_DISCARD_FAILED',
    })
  })

  test('accepts functions, never promises; without jobs there are no results', async () => {
    await expect(asCompleted([Promise.resolve(1) as never]).next()).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
    })
    expect(await asCompleted([]).next()).toEqual({ done: true, value: undefined })
  })
})
