import { Mutex, Pool, Queue, Semaphore, sleep, type WaitOptions } from '@net/async'
import { isNetError } from '@net/core'
import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { waitRefusal } from '../../src/locks/wait-refusal.ts'
import { failure } from '../failure.ts'

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

  test('a getter that throws is no throw of the wait, but fails it', async () => {
    const options = {
      get signal(): AbortSignal {
        throw new Error('mine')
      },
    }
    expect(waitRefusal(options)).toEqual(new Error('mine'))
    await expect(new Semaphore(1).acquire(options)).rejects.toThrow('mine')
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
    expect(placeOf(await rejected)).toMatch(/wait-refusal\.test\.ts/)
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
    expect(placeOf(await rejected)).toMatch(/wait-refusal\.test\.ts/)
  })

  test.each(abortable)('%s, with a signal that has aborted', async (_, wait) => {
    const rejected = await failure(wait({ signal: AbortSignal.abort() }))
    expect(placeOf(rejected)).toMatch(/wait-refusal\.test\.ts/)
  })

  /** The first frame of an error of ours. */
  function placeOf(error: unknown): string | undefined {
    if (!isNetError(error)) throw error
    return error.stack?.split('\n').find((text) => text.startsWith('    at '))
  }
})
