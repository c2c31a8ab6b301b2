import {
  CancelScope,
  currentTime,
  failAfter,
  failAt,
  moveOnAfter,
  moveOnAt,
  sleep,
} from '@net/async'
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
    const absolute = failAt(1200, endless).catch((error: unknown) => error)
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

  test('accepts functions, never promises, and limits above 0', async () => {
    const promise = Promise.resolve(1) as never
    await expect(failAfter(100, promise)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
    await expect(failAfter(0, endless)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  })
})

describe('moveOnAfter', () => {
  test('[ASYNC-19] only ends the job, at a limit that is relative or absolute', async () => {
    using clock = useFakeClock()
    const relative = moveOnAfter(100, endless)
    const absolute = moveOnAt(50, endless)
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

describe('failAt and moveOnAt', () => {
  test('a time that has passed cancels the job as it begins', async () => {
    using clock = useFakeClock()
    await clock.advance(1000)
    const failed = failAt(500, endless).catch((error: unknown) => error)
    const moved = moveOnAt(500, endless)
    await clock.advance(0)
    expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 0 })
    expect(await moved).toBeUndefined()
    expect(currentTime()).toBe(1000)
  })

  test('give what the job returns in time, and lets go of their timers', async () => {
    using clock = useFakeClock()
    expect(await failAt(100, async () => 7)).toBe(7)
    expect(await moveOnAt(100, async () => 8)).toBe(8)
    expect(await moveOnAt(Infinity, async () => 9)).toBe(9)
    expect(clock.timers).toBe(0)
  })

  test('accept functions and numbers', async () => {
    await expect(failAt(1, Promise.resolve(1) as never)).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
    })
    await expect(moveOnAt(Number.NaN, endless)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  })
})

describe('nested scopes', () => {
  test('[ASYNC-17] the scope that was cancelled catches it, those inside pass it on', async () => {
    using _clock = useFakeClock()
    const scopes: CancelScope[] = []
    const trail: string[] = []
    const value = await moveOnAfter(Infinity, async (outer) => {
      scopes.push(outer)
      await moveOnAfter(
        Infinity,
        async (middle) => {
          scopes.push(middle)
          await moveOnAfter(
            Infinity,
            async (inner) => {
              scopes.push(inner)
              middle.cancel('enough')
              await sleep(1, { signal: inner.signal })
            },
            { signal: middle.signal },
          )
          trail.push('after inner')
        },
        { signal: outer.signal },
      )
      trail.push('after middle')
      return 'outer went on'
    })
    expect(value).toBe('outer went on')
    expect(trail).toEqual(['after middle'])
    expect(scopes.map((scope) => scope.cancelledCaught)).toEqual([false, true, false])
    expect(scopes.map((scope) => scope.cancelledBy)).toEqual([undefined, 'owner', 'outside'])
  })

  test('[ASYNC-17] a cancelled scope stays cancelled: every further wait ends at once, in scopes inside as well', async () => {
    using clock = useFakeClock()
    const ends: unknown[] = []
    const scopes: CancelScope[] = []
    const running = moveOnAfter(100, async (scope) => {
      scopes.push(scope)
      for (let round = 0; round < 3; round++) {
        await endless(scope).catch((error: unknown) => ends.push(error))
      }
      const inner = new CancelScope({ parent: scope })
      expect(() => inner.throwIfCancelled()).toThrow()
      await sleep(1, { signal: inner.signal }).catch((error: unknown) => ends.push(error))
      await failAfter(1000, endless, { signal: scope.signal })
    })
    await clock.advance(100)
    expect(await running).toBeUndefined()
    expect(ends).toHaveLength(4)
    for (const error of ends) {
      expect(error).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', cause: scopes[0]?.reason })
    }
    expect(clock.now()).toBe(100)
    expect(scopes[0]?.cancelledCaught).toBe(true)
  })

  test('[ASYNC-17] nothing is caught where the job ended by itself', async () => {
    using clock = useFakeClock()
    const scopes: CancelScope[] = []
    const late = moveOnAfter(100, async (scope) => {
      scopes.push(scope)
      await sleep(200)
      return 'late'
    })
    const failing = failAfter(100, async (scope) => {
      scopes.push(scope)
      await endless(scope)
    }).catch(() => {})
    await clock.advance(200)
    expect(await late).toBe('late')
    await failing
    expect(scopes.map((scope) => [scope.cancelled, scope.cancelledCaught])).toEqual([
      [true, false],
      [true, false],
    ])
  })
})
