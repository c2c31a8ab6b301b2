import { race, sleep, type Job } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { isAbort } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { First } from '../../src/groups/race.ts'
import { RunningGroup } from '../../src/groups/running-group.ts'

const after =
  (milliseconds: number, value: string): Job<string> =>
  async ({ signal }) => {
    await sleep(milliseconds, { signal })
    return value
  }

describe('race', () => {
  test('resolves as the first to end, once the others have ended', async () => {
    using clock = useFakeClock()
    const ended: string[] = []
    const slow: Job<never> = async ({ signal }) => {
      try {
        await sleep(Infinity, { signal })
      } finally {
        await sleep(50)
        ended.push('slow')
      }
      throw new Error('unreachable')
    }
    const running = race([slow, after(100, 'fast')])
    void running.then(() => ended.push('race'))
    await clock.advance(100)
    expect(ended).toEqual([])
    await clock.advance(50)
    expect(await running).toBe('fast')
    expect(ended).toEqual(['slow', 'race'])
    expect(clock.timers).toBe(0)
  })

  test('rejects as the first to end, too', async () => {
    using clock = useFakeClock()
    const failure = new Error('x')
    await expect(race([after(1, 'a'), async () => Promise.reject(failure)])).rejects.toBe(failure)
    expect(clock.timers).toBe(0)
  })

  test('results that come too late are disposed', async () => {
    let disposed = 0
    const late: Job<unknown> = async ({ signal }) => {
      await sleep(Infinity, { signal }).catch(() => {})
      return { [Symbol.asyncDispose]: async () => void disposed++ }
    }
    expect(await race([late, async () => 'first'])).toBe('first')
    expect(disposed).toBe(1)
  })

  test('a loser that fails otherwise is not lost, and the result is disposed', async () => {
    let disposed = false
    const breaks: Job<unknown> = async ({ signal }) => {
      await sleep(Infinity, { signal }).catch(() => {})
      throw new Error('in the clean-up')
    }
    const wins: Job<unknown> = async () => ({ [Symbol.dispose]: () => (disposed = true) })
    await expect(race([breaks, wins])).rejects.toThrow('in the clean-up')
    expect(disposed).toBe(true)
  })

  test('an abort or a limit of the caller rejects, and leaves nothing behind', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    await checkNoLeaks(
      async () => {
        const limited = race([after(200, 'a'), after(300, 'b')], {
          signal: controller.signal,
          timeout: 100,
        }).catch((error: unknown) => error)
        await clock.advance(100)
        expect(await limited).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 100 })
        const aborted = race([after(200, 'a')], { signal: controller.signal })
        controller.abort()
        await expect(aborted).rejects.toSatisfy(isAbort)
      },
      { listeners: [controller.signal] },
    )
  })

  test('refuses no jobs and promises', async () => {
    await expect(race([])).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
    await expect(race([Promise.resolve(1) as never])).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
    })
  })
})

test('a group for the first value disposes every other', async () => {
  const first = new First<string | object>(new RunningGroup(undefined))
  let disposed = false
  const value = await first.of(async () => {
    expect(first.won).toBe(false)
    await first.take('one')
    await first.take({ [Symbol.dispose]: () => (disposed = true) })
  })
  expect([value, first.won, disposed]).toEqual(['one', true, true])
})
