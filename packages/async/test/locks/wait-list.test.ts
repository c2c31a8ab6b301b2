import { getEventListeners } from 'node:events'

import { Mutex, Pool, Queue, Semaphore, sleep, type WaitOptions } from '@net/async'
import { isNetError } from '@net/core'
import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { waitRefusal, WaitList } from '../../src/locks/wait-list.ts'
import { failure } from '../failure.ts'

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

describe('waitRefusal', () => {
  test('lets good options through', () => {
    expect(waitRefusal(undefined)).toBeUndefined()
    expect(waitRefusal({})).toBeUndefined()
    const { signal } = new AbortController()
    expect(waitRefusal({ signal, timeout: Infinity })).toBeUndefined()
  })

  test('is level-triggered: an abort before the wait ends it', () => {
    expect(waitRefusal({ signal: AbortSignal.abort('why') })).toMatchObject({
      code: 'NET_ABORTED',
      cause: 'why',
    })
    const limit = netError('NET_TIMEOUT_TOTAL', { message: 'late', limit: 7 })
    expect(waitRefusal({ signal: AbortSignal.abort(limit) })).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
      limit: 7,
    })
  })

  test.each([0, -1, Number.NaN, '5' as never])('refuses a timeout of %s', (timeout) => {
    expect(waitRefusal({ timeout })).toMatchObject({ code: 'NET_BAD_OPTION' })
  })

  test('reads own options only', () => {
    const inherited: object = Object.create({ timeout: -1, signal: AbortSignal.abort() })
    expect(waitRefusal(inherited)).toBeUndefined()
  })
})

describe('the error of a wait that a limit or an abort ends names the line of the caller', () => {
  const waits: Readonly<Record<string, (options: WaitOptions) => Promise<unknown>>> = {
    'of a mutex': async (options) => {
      const mutex = new Mutex()
      await mutex.acquire()
      await mutex.acquire(options)
    },
    'of a semaphore': async (options) => {
      await new Semaphore(0).acquire(options)
    },
    'of a queue': async (options) => {
      await new Queue().get(options)
    },
    'of a pool': async (options) => {
      await using pool = new Pool({ create: async () => ({}), destroy: async () => {}, max: 1 })
      await using lease = await pool.acquire()
      expect(lease.value).toEqual({})
      await pool.acquire(options)
    },
  }

  test.each(Object.entries(waits))('%s, after its limit', async (_, wait) => {
    using clock = useFakeClock()
    const rejected = failure(wait({ timeout: 50 }))
    await clock.advance(0)
    await clock.advance(50)
    expect(placeOf(await rejected)).toMatch(/wait-list\.test\.ts/)
  })

  const sleeping = async ({ signal }: WaitOptions): Promise<void> => {
    await sleep(60_000, { signal })
  }
  const abortable = Object.entries({ ...waits, 'of sleep': sleeping })
  test.each(abortable)('%s, after an abort', async (_, wait) => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const rejected = failure(wait({ signal: controller.signal }))
    await clock.advance(0)
    controller.abort()
    expect(placeOf(await rejected)).toMatch(/wait-list\.test\.ts/)
  })

  test.each(abortable)('%s, with a signal that has aborted', async (_, wait) => {
    const rejected = await failure(wait({ signal: AbortSignal.abort() }))
    expect(placeOf(rejected)).toMatch(/wait-list\.test\.ts/)
  })

  /** The first frame of an error of ours. */
  function placeOf(error: unknown): string | undefined {
    if (!isNetError(error)) throw error
    return error.stack?.split('\n').find((text) => text.startsWith('    at '))
  }
})
