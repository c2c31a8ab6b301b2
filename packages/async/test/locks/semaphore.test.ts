import { Semaphore } from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { failure } from '../failure.ts'

describe('Semaphore', () => {
  test('[ASYNC-25] lets so many in at a time, and the others in order as permits come back', async () => {
    const semaphore = new Semaphore(2)
    const first = await semaphore.acquire()
    const second = await semaphore.acquire()
    expect(semaphore.available).toBe(0)
    expect(semaphore.tryAcquire()).toBeUndefined()
    const order: string[] = []
    const waits = ['a', 'b'].map(async (name) => {
      using _lease = await semaphore.acquire()
      order.push(name)
    })
    expect(semaphore.waiting).toBe(2)
    second.release()
    await Promise.all(waits)
    expect(order).toEqual(['a', 'b'])
    first.release()
    expect(semaphore.available).toBe(2)
  })

  test('[ASYNC-25] is bounded: a permit that was not taken cannot be released', async () => {
    const semaphore = new Semaphore(1)
    const misuse = expect.objectContaining({ code: 'NET_NOT_HELD' })
    expect(() => semaphore.release()).toThrow(misuse)
    const lease = await semaphore.acquire()
    expect(() => semaphore.release()).toThrow(misuse)
    lease.release()
    expect(semaphore.available).toBe(1)
  })

  test('[ASYNC-25] without a bound it counts what happens elsewhere', async () => {
    const arrived = new Semaphore(0, { max: Infinity })
    const waiting = arrived.acquire()
    arrived.release()
    arrived.release()
    await waiting
    expect(arrived.available).toBe(1)
    expect(arrived.max).toBe(Infinity)
  })

  test('an aborted call holds nothing', async () => {
    using clock = useFakeClock()
    const semaphore = new Semaphore(1)
    const lease = await semaphore.acquire()
    const controller = new AbortController()
    const aborted = semaphore.acquire({ signal: controller.signal })
    const limited = failure(semaphore.acquire({ timeout: 10 }))
    controller.abort('why')
    await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED', cause: 'why' })
    await clock.advance(10)
    expect(await limited).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
      limit: 10,
    })
    lease.release()
    expect(semaphore.available).toBe(1)
  })

  test('a cancelled scope stays cancelled: nothing is granted, though it is free', async () => {
    const semaphore = new Semaphore(1)
    const options = { signal: AbortSignal.abort() }
    await expect(semaphore.acquire(options)).rejects.toMatchObject({ code: 'NET_ABORTED' })
    expect(semaphore.available).toBe(1)
  })

  test.each([
    [-1, undefined],
    [0.5, undefined],
    [2, { max: 1 }],
    [1, { max: 0 }],
  ])('refuses %s permits with %o', (permits, options) => {
    expect(() => new Semaphore(permits, options)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  })
})
