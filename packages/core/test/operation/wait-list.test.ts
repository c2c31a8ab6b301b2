import { getEventListeners } from 'node:events'

import type { NetError } from '@net/core'
import { netError, WaitList } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

function line(left?: (detail: string) => void): WaitList<number, string> {
  return new WaitList({ what: 'the thing', ...(left === undefined ? {} : { left }) })
}

describe('WaitList', () => {
  test('serves entries in order, and keeps the item of each', async () => {
    const list = line()
    const a = list.wait('a', undefined)
    const b = list.wait('b', undefined)
    expect(list.size).toBe(2)
    expect(list.first?.detail).toBe('a')
    list.shift()?.grant(1)
    list.shift()?.fail(new Error('no'))
    expect(list.shift()).toBeUndefined()
    expect(await a).toBe(1)
    await expect(b).rejects.toThrow('no')
    expect(list.size).toBe(0)
  })

  test('an abort removes an entry from the middle, and reports that', async () => {
    const left: string[] = []
    const list = line((detail) => void left.push(detail))
    const controller = new AbortController()
    const a = list.wait('a', undefined)
    const b = list.wait('b', { signal: controller.signal })
    const c = list.wait('c', undefined)
    controller.abort('why')
    await expect(b).rejects.toMatchObject({ code: 'NET_ABORTED', cause: 'why' })
    expect(left).toEqual(['b'])
    list.grantAll(3)
    expect(await Promise.all([a, c])).toEqual([3, 3])
  })

  test('the error of a limit names what the call waited for, and that a repeat is harmless', async () => {
    using clock = useFakeClock()
    const waiting = line().wait('a', { timeout: 50 })
    const rejected = failure(waiting)
    await clock.advance(50)
    expect(await rejected).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
      message: 'waited 50 ms for the thing',
      limit: 50,
      retry: 'safe',
    })
  })

  test('a place that is granted in the turn of the abort, by another listener of it, stays granted', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const list: WaitList<number, string> = line(() => list.shift()?.grant(7))
    const a = list.wait('a', { signal })
    const b = list.wait('b', { signal })
    controller.abort()
    await expect(a).rejects.toMatchObject({ code: 'NET_ABORTED' })
    expect(await b).toBe(7)
  })

  test('leaves neither listener nor timer behind, however a wait ends', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const options = { signal: controller.signal, timeout: 100 }
    const list = line()
    const waits = ['a', 'b', 'c', 'd'].map((name) => list.wait(name, options))
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    expect(clock.timers).toBe(4)
    list.shift()?.grant(1)
    list.shift()?.fail(new Error('no'))
    expect(clock.timers).toBe(2)
    list.failAll(() => new Error('gone'))
    const states = await Promise.allSettled(waits)
    expect(states.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
    ])
    expect(clock.timers).toBe(0)
    // The signal keeps the one listener of all waits until the event loop turns.
    await new Promise(setImmediate)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })

  test('can end the waits of some', async () => {
    const list = line()
    const waits = ['a', 'b', 'a'].map((name) => list.wait(name, undefined))
    list.failAll(
      () => new Error('gone'),
      (detail) => detail === 'a',
    )
    expect(list.first?.detail).toBe('b')
    expect(list.size).toBe(1)
    list.grantAll(1)
    const states = await Promise.allSettled(waits)
    expect(states.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected'])
  })
})

describe('a wait of an operation', () => {
  function call(pool: number) {
    const listeners = new Set<(reason: NetError) => void>()
    return {
      limits: { pool },
      listeners,
      onAbort(listener: (reason: NetError) => void) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    }
  }

  test('ends when that is stopped, with its very error', async () => {
    using clock = useFakeClock()
    const list = line()
    const [stopped, served] = [call(1000), call(Infinity)]
    const first = failure(list.waitFor(stopped, 'a'))
    const second = list.waitFor(served, 'b')
    const reason = netError('NET_ABORTED', { message: 'enough' })
    for (const listener of stopped.listeners) listener(reason)
    expect(await first).toBe(reason)
    list.shift()?.grant(5)
    expect(await second).toBe(5)
    expect([stopped.listeners.size, served.listeners.size, clock.timers]).toEqual([0, 0, 0])
  })

  test('ends by its pool limit', async () => {
    using clock = useFakeClock()
    const list = new WaitList<number>({ what: 'the thing', code: 'NET_TIMEOUT_POOL' })
    const late = failure(list.waitFor(call(50), undefined))
    await clock.advance(50)
    expect(await late).toMatchObject({ code: 'NET_TIMEOUT_POOL', limit: 50, retry: 'safe' })
    expect(list.size).toBe(0)
  })
})

function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => `no failure but ${String(value)}`,
    (error: unknown) => error,
  )
}
