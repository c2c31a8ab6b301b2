import { getEventListeners } from 'node:events'

import { every, sleep } from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

describe('every', () => {
  test('[ASYNC-23] ticks without drift, however long the body takes, and leaves out what it missed', async () => {
    using clock = useFakeClock()
    const ticks: [number, number][] = []
    const lasts = [30, 30, 250, 0, 0]
    const reading = (async () => {
      for await (const tick of every(100)) {
        ticks.push([tick, clock.now()])
        const last = lasts.shift()
        if (last === undefined) break
        await sleep(last)
      }
    })()
    await clock.advance(1000)
    await reading
    expect(ticks).toEqual([
      [1, 100],
      [2, 200],
      [3, 300],
      [6, 600],
      [7, 700],
      [8, 800],
    ])
    expect(clock.timers).toBe(0)
  })

  test('an abort ends it between two ticks', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const ticks = every(100, { signal: controller.signal })
    const first = ticks.next()
    await clock.advance(100)
    expect((await first).value).toBe(1)
    const second = ticks.next()
    await clock.advance(10)
    controller.abort('why')
    await expect(second).rejects.toMatchObject({ code: 'NET_ABORTED', cause: 'why' })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    expect(clock.timers).toBe(0)
  })

  test.each([0, -1, Number.NaN])('refuses a period of %d', (milliseconds) => {
    expect(() => every(milliseconds)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION', operation: 'every' }),
    )
  })

  test('refuses a callback at the call, for no loop would ever run it', () => {
    // As programs without types call it.
    const options = (() => {}) as object
    expect(() => every(5, options)).toThrow(
      expect.objectContaining({
        code: 'NET_BAD_OPTION',
        message: expect.stringContaining('for await (const tick of every(5))'),
      }),
    )
  })
})
