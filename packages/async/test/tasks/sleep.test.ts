import { getEventListeners } from 'node:events'

import { currentTime, sleep, sleepUntil, taskGroup } from '@net/async'
import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

describe('sleep', () => {
  test('[ASYNC-23] ends after its time, not before', async () => {
    using clock = useFakeClock()
    let awake = false
    const sleeping = sleep(100).then(() => (awake = true))
    await clock.advance(99)
    expect(awake).toBe(false)
    await clock.advance(1)
    await sleeping
    expect(awake).toBe(true)
  })

  test('[ASYNC-23] sleeps for ever unless it is aborted, which clears its timer', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const sleeping = sleep(Infinity, { signal: controller.signal })
    await Promise.resolve()
    expect(clock.timers).toBe(1)
    controller.abort('why')
    await expect(sleeping).rejects.toMatchObject({ code: 'NET_ABORTED', cause: 'why' })
    expect(clock.timers).toBe(0)
  })

  test('a time limit as reason is a time limit', async () => {
    const limit = netError('NET_TIMEOUT_TOTAL', { message: 'too late', limit: 7 })
    const sleeping = sleep(1, { signal: AbortSignal.abort(limit) })
    await expect(sleeping).rejects.toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 7 })
  })

  test('10,000 waits at once leave one listener while they last and none afterwards', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const { signal } = controller
    signal.addEventListener('abort', () => {})
    const waits = Array.from({ length: 10_000 }, async (_, index) => sleep(index % 10, { signal }))
    expect(getEventListeners(signal, 'abort').length).toBe(2)
    await clock.advance(10)
    await Promise.all(waits)
    expect(getEventListeners(signal, 'abort').length).toBe(1)
    expect(clock.timers).toBe(0)
  })

  test.each([-1, Number.NaN])('refuses %d', async (milliseconds) => {
    await expect(sleep(milliseconds)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  })
})

describe('sleepUntil', () => {
  test('[ASYNC-23] ends at its time, at once if that has passed', async () => {
    using clock = useFakeClock()
    await clock.advance(1000)
    const woken: number[] = []
    const sleeping = sleepUntil(currentTime() + 500).then(() => woken.push(currentTime()))
    await clock.advance(499)
    expect(woken).toEqual([])
    await clock.advance(1)
    await sleeping
    expect(woken).toEqual([1500])
    const late = sleepUntil(100)
    await clock.advance(0)
    await late
    expect(currentTime()).toBe(1500)
  })

  test('an abort ends it', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const sleeping = sleepUntil(1000, { signal: controller.signal })
    controller.abort('why')
    await expect(sleeping).rejects.toMatchObject({ code: 'NET_ABORTED', cause: 'why' })
    expect(clock.timers).toBe(0)
  })

  test('refuses wrong times', async () => {
    await expect(sleepUntil(Number.NaN)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  })

  test('refuses a Date, and says how to wait for a time of day', async () => {
    // As programs without types call it.
    const time = new Date() as unknown as number
    await expect(sleepUntil(time)).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
      operation: 'sleepUntil',
      message: expect.stringContaining('currentTime() + date.getTime() - Date.now()'),
    })
  })
})

test('[ASYNC-23] a call later is a task that sleeps first, and can be taken back', async () => {
  using clock = useFakeClock()
  const calls: number[] = []
  const running = taskGroup(async (group) => {
    const later = (time: number): { cancel(): void } =>
      group.spawn(`at ${time}`, async ({ signal }) => {
        await sleepUntil(time, { signal })
        calls.push(currentTime())
      })
    later(200)
    later(100)
    later(150).cancel()
  })
  await clock.advance(200)
  await running
  expect(calls).toEqual([100, 200])
})
