import { getEventListeners } from 'node:events'

import {
  asCompleted,
  CancelScope,
  checkpoint,
  every,
  failAfter,
  firstSuccess,
  gather,
  map,
  race,
  sleep,
  taskGroup,
  wait,
} from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { isAbort, NetTimeoutError } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { cancellationOf, markCaught } from '../../src/tasks/cancel-scope.ts'

describe('CancelScope', () => {
  test('[ASYNC-16] carries the reason of its cancellation to everything under it', async () => {
    const reason = new Error('enough')
    await using scope = new CancelScope()
    const heard: unknown[] = []
    scope.onCancel((why) => heard.push(why))
    const waiting = sleep(Infinity, { signal: scope.signal })
    scope.cancel(reason)
    scope.cancel(new Error('later'))
    expect(scope.signal.reason).toBe(reason)
    expect(heard).toEqual([reason])
    expect(scope.cancelledBy).toBe('owner')
    await expect(waiting).rejects.toMatchObject({ code: 'NET_ABORTED', cause: reason })
  })

  test('stays cancelled: every later wait ends at once', async () => {
    await using scope = new CancelScope()
    scope.cancel()
    await expect(sleep(1, { signal: scope.signal })).rejects.toSatisfy(isAbort)
    await expect(sleep(1, { signal: scope.signal })).rejects.toSatisfy(isAbort)
    const heard: unknown[] = []
    scope.onCancel((reason) => heard.push(reason))
    expect(heard).toEqual([scope.reason])
  })

  test('[ASYNC-20] has a deadline that can move while it runs', async () => {
    using clock = useFakeClock()
    await using scope = new CancelScope({ timeout: 100 })
    expect(scope.deadline).toBe(100)
    await clock.advance(90)
    scope.deadline += 50
    await clock.advance(50)
    expect(scope.cancelled).toBe(false)
    await clock.advance(10)
    expect(scope.reason).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 150 })
    expect(scope.cancelledBy).toBe('deadline')
  })

  test('a deadline moved to the past cancels, one moved to Infinity never does', async () => {
    using clock = useFakeClock()
    await clock.advance(1000)
    await using past = new CancelScope({ timeout: 100 })
    await using never = new CancelScope({ timeout: 100 })
    past.deadline = 500
    never.deadline = Infinity
    await clock.advance(0)
    expect(past.cancelled).toBe(true)
    await clock.advance(10_000)
    expect(never.cancelled).toBe(false)
    expect(() => {
      never.deadline = Number.NaN
    }).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  })

  test('accepts an absolute deadline; of two limits the earlier one counts', async () => {
    using clock = useFakeClock()
    await clock.advance(1000)
    await using late = new CancelScope({ deadline: 1500, timeout: 100 })
    await using early = new CancelScope({ deadline: 1050, timeout: 100 })
    await using passed = new CancelScope({ deadline: 10 })
    expect([late.deadline, early.deadline]).toEqual([1100, 1050])
    await clock.advance(50)
    expect([late.cancelled, early.cancelled, passed.cancelled]).toEqual([false, true, true])
    expect(passed.reason).toMatchObject({ limit: 0 })
    expect(() => new CancelScope({ deadline: Number.NaN })).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  })

  test('is cancelled with its parent, and not the other way round', async () => {
    await using parent = new CancelScope()
    await using child = new CancelScope({ parent })
    await using sibling = new CancelScope({ parent })
    sibling.cancel('only me')
    expect(parent.cancelled).toBe(false)
    parent.cancel('all')
    expect(child.reason).toBe('all')
    expect(child.cancelledBy).toBe('outside')
    expect(sibling.reason).toBe('only me')
  })

  test('[ASYNC-14] a shield keeps the cancellation of the parent and the caller out', async () => {
    const controller = new AbortController()
    await using parent = new CancelScope({ signal: controller.signal })
    await using shielded = new CancelScope({ parent, signal: controller.signal, shield: true })
    controller.abort()
    expect(parent.cancelled).toBe(true)
    expect(shielded.cancelled).toBe(false)
  })

  test('[ASYNC-21] a clean-up after cancellation runs under a grace period of its own', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const cleanUps: string[] = []
    const work = async (lasts: number, name: string): Promise<void> => {
      await using scope = new CancelScope({ signal: controller.signal })
      try {
        await sleep(Infinity, { signal: scope.signal })
      } finally {
        await using last = new CancelScope({ parent: scope, shield: true, timeout: 100 })
        await sleep(lasts, { signal: last.signal })
        cleanUps.push(name)
      }
    }
    const short = work(50, 'short').catch((error: unknown) => error)
    const long = work(500, 'long').catch((error: unknown) => error)
    controller.abort()
    await clock.advance(100)
    expect(cleanUps).toEqual(['short'])
    expect(isAbort(await short)).toBe(true)
    expect(await long).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 100 })
  })

  test('[H-ASYNC-04] of nested limits the outer one wins, and the reason says which it was', async () => {
    using clock = useFakeClock()
    const errors: unknown[] = []
    const outer = failAfter(5000, async ({ signal }) =>
      failAfter(10_000, async (inner) => sleep(60_000, { signal: inner.signal }), { signal }).catch(
        (error: unknown) => {
          errors.push(error)
          throw error
        },
      ),
    ).catch((error: unknown) => errors.push(error))
    await clock.advance(5000)
    await outer
    expect(errors).toEqual([
      expect.objectContaining({ code: 'NET_TIMEOUT_TOTAL', limit: 5000 }),
      expect.objectContaining({ code: 'NET_TIMEOUT_TOTAL', limit: 5000 }),
    ])
    expect(clock.timers).toBe(0)
  })

  test('leaves no timer and no listener behind when it is disposed', async () => {
    using clock = useFakeClock()
    const { signal } = new AbortController()
    const parent = new AbortController()
    await checkNoLeaks(
      async () => {
        await using scope = new CancelScope({ signal, parent, timeout: 1000 })
        expect(clock.timers).toBe(1)
        expect(getEventListeners(signal, 'abort').length).toBe(1)
        expect(scope.cancelled).toBe(false)
      },
      { listeners: [signal, parent.signal] },
    )
  })

  test('a long-lived signal has one listener for any number of scopes, and none afterwards', async () => {
    using clock = useFakeClock()
    const { signal } = new AbortController()
    const options = { signal, timeout: 1000 }
    const work = async (): Promise<void> => sleep(1, { signal })
    const all = Array.from({ length: 300 }, async () => {
      await failAfter(10, work, { signal })
      await gather([work, work], options)
      await race([work, work], options)
      await firstSuccess([work, work], { signal, stagger: 1 })
      await map([1, 2, 3], work, { ...options, concurrency: 2 })
      for await (const _ of asCompleted([work, work], options)) await checkpoint({ signal })
      for await (const tick of every(1, { signal })) if (tick === 2) break
      await taskGroup(async (group) => {
        await wait([group.spawn('a', work), group.spawn('b', work)], options)
      }, options)
    })
    const done = Promise.all(all)
    const counts = new Set<number>()
    const state = { over: false }
    void done.then(() => (state.over = true))
    while (!state.over) {
      counts.add(getEventListeners(signal, 'abort').length)
      await clock.advance(1)
    }
    expect(Math.max(...counts)).toBe(1)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(clock.timers).toBe(0)
  })

  test('an aborted signal or parent cancels it from the start', async () => {
    using clock = useFakeClock()
    await using scope = new CancelScope({ signal: AbortSignal.abort('gone'), timeout: 10 })
    expect(scope.reason).toBe('gone')
    expect(scope.signal.aborted).toBe(true)
    expect(clock.timers).toBe(0)
  })

  test('a listener that was removed is not called', () => {
    const scope = new CancelScope()
    const heard: unknown[] = []
    const forget = scope.onCancel((reason) => heard.push(reason))
    forget()
    scope.cancel()
    expect(heard).toEqual([])
  })

  test.each([0, -1, Number.NaN])('refuses a timeout of %d', (timeout) => {
    expect(() => new CancelScope({ timeout })).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  })

  test('reads own options only', () => {
    const options: object = Object.create({ signal: AbortSignal.abort() })
    expect(new CancelScope(options).cancelled).toBe(false)
  })
})

describe('cancellationOf', () => {
  test('is the own limit as it is, and an abort by anyone else with the reason as cause', async () => {
    using clock = useFakeClock()
    const limited = new CancelScope({ timeout: 5 })
    await clock.advance(5)
    expect(cancellationOf(limited)).toBe(limited.reason)
    const limit = AbortSignal.timeout(0)
    await clock.until(() => limit.aborted)
    expect(cancellationOf(new CancelScope({ signal: limit }))).toBeInstanceOf(NetTimeoutError)
    const owned = new CancelScope()
    owned.cancel('why')
    expect(cancellationOf(owned)).toMatchObject({ code: 'NET_ABORTED', cause: 'why' })
  })
})

test('a scope says that it caught its own cancellation', () => {
  const scope = new CancelScope()
  scope.cancel()
  expect(scope.cancelledCaught).toBe(false)
  markCaught(scope)
  expect(scope.cancelledCaught).toBe(true)
})
