import { Mutex } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { failure } from '../failure.ts'

describe('Mutex', () => {
  test('[ASYNC-24] lets one in at a time, for a block, in the order of coming', async () => {
    const mutex = new Mutex()
    const told: string[] = []
    const work = async (name: string): Promise<void> => {
      using _lease = await mutex.acquire()
      told.push(`${name} in`)
      await Promise.resolve()
      told.push(`${name} out`)
    }
    await Promise.all([work('a'), work('b'), work('c')])
    expect(told).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
    expect(mutex.locked).toBe(false)
  })

  test('[ASYNC-24] can be tried, and reports its state', async () => {
    const mutex = new Mutex()
    const lease = mutex.tryAcquire()
    expect(lease?.held).toBe(true)
    expect(lease !== undefined && mutex.heldBy(lease)).toBe(true)
    expect(mutex.tryAcquire()).toBeUndefined()
    const next = mutex.acquire()
    expect(mutex.waiting).toBe(1)
    lease?.release()
    expect(lease !== undefined && mutex.heldBy(lease)).toBe(false)
    // Who waits has it before anybody who comes later.
    expect(mutex.tryAcquire()).toBeUndefined()
    const held = await next
    expect(mutex.locked).toBe(true)
    held.release()
    expect(mutex.locked).toBe(false)
  })

  test('[ASYNC-24] a wait ends by signal and limit, and leaves its place to the next', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const { signal } = controller
    const mutex = new Mutex()
    await checkNoLeaks(
      async () => {
        const lease = await mutex.acquire({ signal })
        const limited = failure(mutex.acquire({ timeout: 5 }))
        const aborted = mutex.acquire({ signal })
        const patient = mutex.acquire()
        await clock.advance(5)
        expect(await limited).toMatchObject({
          code: 'NET_TIMEOUT_TOTAL',
        })
        controller.abort()
        await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED' })
        lease.release()
        using held = await patient
        expect(held.held).toBe(true)
      },
      { listeners: [signal] },
    )
  })

  test('a grant and an abort in one turn lose nothing: the lock is delivered', async () => {
    const mutex = new Mutex()
    const controller = new AbortController()
    const lease = await mutex.acquire()
    const next = mutex.acquire({ signal: controller.signal })
    lease.release()
    controller.abort()
    const held = await next
    expect(held.held).toBe(true)
  })

  test('a second release of a lease does not free the lock of another', async () => {
    const mutex = new Mutex()
    const first = await mutex.acquire()
    first.release()
    using second = await mutex.acquire()
    first.release()
    expect(second.held).toBe(true)
  })
})
