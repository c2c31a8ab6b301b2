import { map, sleep, taskGroup } from '@net/async'
import { isAbort } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test, vi } from 'vitest'

import { RunningTask } from '../../src/tasks/task.ts'

describe('a task handle', () => {
  test('[ASYNC-07] has state and result, waits, and cancels that one task', async () => {
    using clock = useFakeClock()
    const running = taskGroup(async (group) => {
      const done = group.spawn('done', async () => 1)
      const other = group.spawn('other', async ({ signal }) => sleep(100, { signal }))
      const cancelled = group.spawn('cancelled', async ({ signal }) => sleep(Infinity, { signal }))
      expect([done.name, done.state]).toEqual(['done', 'running'])
      cancelled.cancel('not needed')
      cancelled.cancel('again')
      await expect(done.result).resolves.toBe(1)
      await expect(cancelled.result).rejects.toMatchObject({
        code: 'NET_ABORTED',
        cause: 'not needed',
      })
      await other.result
      return [done.state, other.state, cancelled.state]
    })
    await clock.advance(100)
    expect(await running).toEqual(['done', 'done', 'cancelled'])
  })

  test('[ASYNC-07] keeps the exception of a task that failed', async () => {
    const states: string[] = []
    const failure = new Error('x')
    const running = taskGroup(async (group) => {
      const task = group.spawn('fails', async () => {
        throw failure
      })
      await expect(task.result).rejects.toBe(failure)
      states.push(task.state)
    })
    await expect(running).rejects.toBe(failure)
    expect(states).toEqual(['failed'])
  })

  test('a task that is done despite its cancellation keeps its result', async () => {
    const result = await taskGroup(async (group) => {
      const task = group.spawn('stubborn', async () => 'kept')
      task.cancel()
      return task.result
    })
    expect(result).toBe('kept')
  })

  test('another error than the cancellation is a failure', async () => {
    const running = taskGroup(async (group) => {
      const task = group.spawn('breaks', async ({ signal }) => {
        await sleep(Infinity, { signal }).catch(() => {})
        throw new Error('broken')
      })
      task.cancel()
    })
    await expect(running).rejects.toThrow('broken')
  })

  test('an abort that the group did not cause is a failure, too', async () => {
    const running = taskGroup(async (group) => {
      group.spawn('own', async () => sleep(1, { signal: AbortSignal.abort() }))
    })
    await expect(running).rejects.toSatisfy(isAbort)
  })

  test('its signal is always the same object, and aborted also if it was not read before', async () => {
    await taskGroup(async (group) => {
      let look = (): AbortSignal => AbortSignal.abort()
      const wait = Promise.withResolvers<void>()
      const task = group.spawn('looks', async (context) => {
        look = () => context.signal
        await wait.promise
      })
      task.cancel('why')
      expect(look().reason).toBe('why')
      expect(look()).toBe(look())
      wait.resolve()
    })
  })
})

test('a task that does not look at its signal costs no controller and no timer', async () => {
  using clock = useFakeClock()
  using armed = vi.spyOn(clock, 'after')
  let made = 0
  vi.stubGlobal(
    'AbortController',
    class extends AbortController {
      constructor() {
        super()
        made++
      }
    },
  )
  try {
    const trivial = async (): Promise<void> => {}
    await taskGroup(async (group) => {
      for (let number = 0; number < 100; number++) group.spawn('trivial', trivial)
    })
    await map(Array.from({ length: 100 }), trivial, { concurrency: 8 })
    expect(made).toBe(0)
    await taskGroup(async (group) => {
      group.spawn('looks', async ({ signal }) => expect(signal.aborted).toBe(false))
    })
    expect(made).toBe(1)
    expect(armed).not.toHaveBeenCalled()
  } finally {
    vi.unstubAllGlobals()
  }
})

test('a task that is refused never begins', async () => {
  const told: string[] = []
  const host = {
    cancelled: () => told.push('cancelled'),
    ended: () => told.push('ended'),
    failed: () => told.push('failed'),
  }
  const task = new RunningTask<void>('late', host).refuse('over')
  expect(task.state).toBe('cancelled')
  expect(task.signal.reason).toBe('over')
  await expect(task.result).rejects.toMatchObject({ code: 'NET_ABORTED', cause: 'over' })
  expect(told).toEqual([])
})
