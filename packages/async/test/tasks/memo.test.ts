import { Memo, sleep } from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test, vi } from 'vitest'

import { failure } from '../failure.ts'

describe('Memo', () => {
  test('[ASYNC-32] does the work once for each key', async () => {
    const job = vi.fn<(key: number) => Promise<string>>(async (key) => `value ${key}`)
    const memo = new Memo(job)
    expect(await memo.get(1)).toBe('value 1')
    expect(await memo.get(1)).toBe('value 1')
    expect(await memo.get(2)).toBe('value 2')
    expect(job).toHaveBeenCalledTimes(2)
    expect(memo.statistics()).toEqual({ size: 2, hits: 1, misses: 2 })
  })

  test('[ASYNC-32] keeps so many results, those that were asked for last', async () => {
    const job = vi.fn<(key: number) => Promise<number>>(async (key) => key)
    const memo = new Memo(job, { max: 2 })
    for (const key of [1, 2, 1, 3]) await memo.get(key)
    expect(job.mock.calls.map(([key]) => key)).toEqual([1, 2, 3])
    await memo.get(1)
    expect(job).toHaveBeenCalledTimes(3)
    await memo.get(2)
    expect(job).toHaveBeenCalledTimes(4)
  })

  test('[ASYNC-32] keeps results for so long', async () => {
    using clock = useFakeClock()
    const job = vi.fn<(key: number) => Promise<number>>(async (key) => key)
    const memo = new Memo(job, { ttl: 100 })
    await memo.get(1)
    await clock.advance(99)
    await memo.get(1)
    expect(job).toHaveBeenCalledTimes(1)
    await clock.advance(1)
    await memo.get(1)
    expect(job).toHaveBeenCalledTimes(2)
    expect(clock.timers).toBe(0)
  })

  test('calls at the same time share the work, and an aborted call does not end it', async () => {
    const gate = Promise.withResolvers<string>()
    let aborted = false
    const memo = new Memo((_key: string, { signal }) => {
      signal.addEventListener('abort', () => (aborted = true))
      return gate.promise
    })
    const controller = new AbortController()
    const first = memo.get('a', { signal: controller.signal })
    const second = memo.get('a')
    controller.abort()
    await expect(first).rejects.toMatchObject({ code: 'NET_ABORTED' })
    gate.resolve('done')
    expect(await second).toBe('done')
    expect(aborted).toBe(false)
    expect(memo.statistics()).toEqual({ size: 1, hits: 1, misses: 1 })
  })

  test('when the last call is aborted the work ends; a later call begins it anew', async () => {
    using clock = useFakeClock()
    let begun = 0
    const memo = new Memo(async (_key: string, { signal }) => {
      begun++
      await sleep(100, { signal })
      return begun
    })
    const limited = failure(memo.get('a', { timeout: 10 }))
    await clock.advance(10)
    expect(await limited).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
    })
    expect(clock.timers).toBe(0)
    const again = memo.get('a')
    await clock.advance(100)
    expect(await again).toBe(2)
  })

  test('work that never settles fails the calls that wait for it, and not later ones', async () => {
    using clock = useFakeClock()
    let begun = 0
    const memo = new Memo((key: string) =>
      begun++ === 0 ? new Promise<string>(() => {}) : Promise.resolve(`${key} of ${begun}`),
    )
    const patient = memo.get('a')
    const limited = memo.get('a', { timeout: 100 }).catch((error: unknown) => error)
    await clock.advance(100)
    expect(await limited).toMatchObject({ code: 'NET_TIMEOUT_TOTAL' })
    expect(await memo.get('a', { timeout: 100 })).toBe('a of 2')
    expect(await Promise.race([patient, Promise.resolve('still waiting')])).toBe('still waiting')
  })

  test('all waiting calls get an error, and it is not kept', async () => {
    const failures = [new Error('a'), new Error('b')]
    const memo = new Memo(async (): Promise<number> => {
      const failure = failures.shift()
      if (failure !== undefined) throw failure
      return 1
    })
    const both = await Promise.allSettled([memo.get(0), memo.get(0)])
    expect(both.map((each) => each.status === 'rejected' && String(each.reason))).toEqual([
      'Error: a',
      'Error: a',
    ])
    await expect(memo.get(0)).rejects.toThrow('b')
    expect(await memo.get(0)).toBe(1)
  })

  test('an error that no call waits for any more is reported', async () => {
    using warnings = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const work = Promise.withResolvers<number>()
    const memo = new Memo(() => work.promise)
    const controller = new AbortController()
    const waiting = memo.get('a', { signal: controller.signal })
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'NET_ABORTED' })
    work.reject(new Error('late'))
    await new Promise(setImmediate)
    expect(warnings.mock.calls[0]?.[0]).toContain('late')
  })

  test('a result that is forgotten while it is made is delivered, but not kept', async () => {
    let begun = 0
    const memo = new Memo(async () => ++begun)
    const waiting = memo.get('a')
    memo.delete('a')
    expect(await waiting).toBe(1)
    expect(await memo.get('a')).toBe(2)
    memo.clear()
    expect(await memo.get('a')).toBe(3)
  })

  test('a cancelled scope stays cancelled, though the result is there', async () => {
    const memo = new Memo(async (key: number) => key)
    await memo.get(1)
    const options = { signal: AbortSignal.abort() }
    await expect(memo.get(1, options)).rejects.toMatchObject({ code: 'NET_ABORTED' })
  })

  test('refuses bad options', () => {
    const bad = expect.objectContaining({ code: 'NET_BAD_OPTION' })
    expect(() => new Memo(async () => 1, { max: 0 })).toThrow(bad)
    expect(() => new Memo(async () => 1, { ttl: -1 })).toThrow(bad)
    expect(() => new Memo(Promise.resolve(1) as never)).toThrow(bad)
  })
})
