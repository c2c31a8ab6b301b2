import { failAfter, moveOnAfter, sleep } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { isAbort, NetTimeoutError } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

const endless = async ({ signal }: { signal: AbortSignal }): Promise<string> => {
  await sleep(Infinity, { signal })
  return 'never'
}

describe('failAfter', () => {
  test('[ASYNC-18] rejects once the limit has passed, relative or absolute', async () => {
    using clock = useFakeClock()
    await clock.advance(1000)
    const relative = failAfter(100, endless).catch((error: unknown) => error)
    const absolute = failAfter(Infinity, async (scope) => {
      scope.deadline = 1200
      return endless(scope)
    }).catch((error: unknown) => error)
    await clock.advance(99)
    expect(clock.timers).toBeGreaterThan(0)
    await clock.advance(1)
    expect(await relative).toBeInstanceOf(NetTimeoutError)
    expect(await relative).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 100 })
    await clock.advance(100)
    expect(await absolute).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 200 })
  })

  test('resolves to what the job returns in time, and lets go of its timer', async () => {
    using clock = useFakeClock()
    expect(await failAfter(100, async () => 7)).toBe(7)
    expect(clock.timers).toBe(0)
  })

  test("passes the job's own error on", async () => {
    using _clock = useFakeClock()
    const failure = new Error('own')
    await expect(failAfter(100, async () => Promise.reject(failure))).rejects.toBe(failure)
  })

  test('what the job throws while it ends is kept in errors', async () => {
    using clock = useFakeClock()
    const running = failAfter(100, async (scope) => {
      await endless(scope).catch(() => {})
      throw new Error('in the clean-up')
    }).catch((error: unknown) => error)
    await clock.advance(100)
    expect(await running).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
      errors: [{ message: 'in the clean-up' }],
    })
  })

  test('a job that ignores the limit is named as leaked after the grace', async () => {
    using clock = useFakeClock()
    const running = failAfter(100, async () => sleep(1e9), { grace: 50 }).catch(
      (error: unknown) => error,
    )
    await clock.advance(150)
    expect(await running).toMatchObject({ code: 'NET_TASK_LEAKED', limit: 50 })
  })

  test('an abort of the caller comes first, and is an abort', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const running = failAfter(100, endless, { signal: controller.signal })
    controller.abort()
    await expect(running).rejects.toSatisfy(isAbort)
    expect(clock.timers).toBe(0)
  })

  test('takes functions, never promises, and limits above 0', async () => {
    const promise = Promise.resolve(1) as never
    await expect(failAfter(100, promise)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
    await expect(failAfter(0, endless)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  })
})

describe('moveOnAfter', () => {
  test('[ASYNC-19] only ends the job, at a limit that is relative or absolute', async () => {
    using clock = useFakeClock()
    const relative = moveOnAfter(100, endless)
    const absolute = moveOnAfter(Infinity, async (scope) => {
      scope.deadline = 50
      return endless(scope)
    })
    await clock.advance(50)
    expect(await absolute).toBeUndefined()
    await clock.advance(50)
    expect(await relative).toBeUndefined()
  })

  test('resolves to what the job returned, also if that came late', async () => {
    using clock = useFakeClock()
    expect(await moveOnAfter(100, async () => 'in time')).toBe('in time')
    const late = moveOnAfter(100, async () => {
      await sleep(200)
      return 'late'
    })
    await clock.advance(200)
    expect(await late).toBe('late')
  })

  test('moves on when its scope is cancelled by the job', async () => {
    using _clock = useFakeClock()
    const value = await moveOnAfter(100, async (scope) => {
      scope.cancel()
      return endless(scope)
    })
    expect(value).toBeUndefined()
  })

  test('an abort of the caller, another error and a leak reject all the same', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const aborted = moveOnAfter(100, endless, { signal: controller.signal })
    controller.abort()
    await expect(aborted).rejects.toSatisfy(isAbort)
    const broken = moveOnAfter(100, async (scope) => {
      await endless(scope).catch(() => {})
      throw new Error('broken')
    }).catch((error: unknown) => error)
    const deaf = moveOnAfter(100, async () => sleep(1e9), { grace: 50 }).catch(
      (error: unknown) => error,
    )
    await clock.advance(150)
    expect(await broken).toMatchObject({ message: 'broken' })
    expect(await deaf).toMatchObject({ code: 'NET_TASK_LEAKED' })
  })

  test('leaves nothing behind', async () => {
    using clock = useFakeClock()
    const { signal } = new AbortController()
    await checkNoLeaks(
      async () => {
        const running = moveOnAfter(100, endless, { signal })
        await clock.advance(100)
        await running
      },
      { listeners: [signal] },
    )
  })
})
