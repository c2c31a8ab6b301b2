import { Pool } from '@net/async'
import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test, vi } from 'vitest'

import { RetiredResources, type RetireOptions } from '../../src/pool/retired.ts'

function retiredOf<T>(options: Partial<RetireOptions<T>>): RetiredResources<T> {
  return new RetiredResources<T>({
    destroy: undefined,
    limit: 2000,
    freed: () => {},
    asked: () => true,
    ...options,
  })
}

describe('RetiredResources', () => {
  test('without `destroy` it disposes what can be disposed', async () => {
    const disposed: string[] = []
    const freed = Promise.withResolvers<void>()
    const retired = retiredOf({ freed: freed.resolve })
    retired.retire({ [Symbol.asyncDispose]: async () => void disposed.push('resource') })
    expect(retired.size).toBe(1)
    await freed.promise
    expect(disposed).toEqual(['resource'])
    expect(retired.size).toBe(0)
  })

  test('frees the place of what hangs after its limit', async () => {
    using clock = useFakeClock()
    const retired = retiredOf<number>({ destroy: () => new Promise(() => {}) })
    retired.retire(1)
    await clock.advance(1999)
    expect(retired.size).toBe(1)
    await clock.advance(1)
    expect(retired.size).toBe(0)
  })

  test('keeps failures for a call that reads them, and reports them if no call will', async () => {
    using warnings = vi.spyOn(process, 'emitWarning').mockReturnValue()
    let asked = true
    const failure = netError('NET_CONN_RESET', { message: 'reset' })
    const destroy = (error: Error): Promise<void> => Promise.reject(error)
    const retired = retiredOf<Error>({ destroy, asked: () => asked })
    expect(retired.failure).toBeUndefined()
    retired.retire(failure)
    await new Promise(setImmediate)
    expect(retired.failure).toBe(failure)
    retired.retire(new Error('second'))
    await new Promise(setImmediate)
    expect(retired.failure).toMatchObject({
      code: 'NET_GROUP',
      errors: [failure, { message: 'second' }],
    })
    expect(warnings).not.toHaveBeenCalled()
    asked = false
    retired.retire(new Error('late'))
    await new Promise(setImmediate)
    expect(warnings.mock.calls[0]?.[0]).toContain('late')
  })
})

test.each([2000, Infinity])(
  'a resource whose check hears nothing is destroyed when its pool is closed, with a limit of %d ms on checks',
  async (check) => {
    using clock = useFakeClock()
    const destroyed: number[] = []
    let ends: (good: boolean) => void = () => {}
    const pool = new Pool<number>({
      create: async () => 1,
      check: () => new Promise((resolve) => (ends = resolve)),
      destroy: (resource) => void destroyed.push(resource),
      timeout: { check },
    })
    const lease = await pool.acquire()
    lease.release()
    const waiting = pool.acquire().catch((error: unknown) => error)
    const closed = pool.close({ grace: 100 })
    expect(await waiting).toMatchObject({ code: 'NET_CLOSED' })
    expect(destroyed).toEqual([])
    await clock.advance(100)
    await closed
    expect(destroyed).toEqual([1])
    ends(true)
    await clock.advance(0)
    expect([pool.size, destroyed]).toEqual([0, [1]])
  },
)
