import { Condition, Mutex } from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { failure } from '../failure.ts'

describe('Condition', () => {
  test('[ASYNC-27] a wait gives the lock up, and has it again when it is notified', async () => {
    const condition = new Condition()
    using lease = await condition.mutex.acquire()
    const waiting = condition.wait(lease)
    expect(condition.mutex.locked).toBe(false)
    {
      using inside = await condition.mutex.acquire()
      condition.notify()
      await Promise.resolve()
      expect(inside.held).toBe(true)
      expect(lease.held).toBe(false)
    }
    await waiting
    expect(lease.held).toBe(true)
  })

  test('[ASYNC-27] waits for a predicate, also if it is notified too early', async () => {
    const condition = new Condition()
    const items: number[] = []
    const taken = (async () => {
      using lease = await condition.mutex.acquire()
      await condition.waitFor(lease, () => items.length >= 2)
      return items.splice(0)
    })()
    for (const item of [1, 2]) {
      await new Promise(setImmediate)
      using _lease = await condition.mutex.acquire()
      items.push(item)
      condition.notifyAll()
    }
    expect(await taken).toEqual([1, 2])
  })

  test('[ASYNC-27] wakes the given number of waiters, in order', async () => {
    const condition = new Condition()
    const woken: number[] = []
    const waits = [0, 1, 2, 3].map(async (number) => {
      using lease = await condition.mutex.acquire()
      await condition.wait(lease)
      woken.push(number)
    })
    await new Promise(setImmediate)
    expect(condition.waiting).toBe(4)
    condition.notify(2)
    await new Promise(setImmediate)
    expect(woken).toEqual([0, 1])
    condition.notify()
    await new Promise(setImmediate)
    expect(woken).toEqual([0, 1, 2])
    condition.notifyAll()
    await Promise.all(waits)
    condition.notify(5)
    expect(condition.waiting).toBe(0)
  })

  test('a wait that ends by its signal or limit has the lock again', async () => {
    using clock = useFakeClock()
    const condition = new Condition(new Mutex())
    const controller = new AbortController()
    using lease = await condition.mutex.acquire()
    const limited = failure(condition.wait(lease, { timeout: 10 }))
    await clock.advance(10)
    expect(await limited).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
    })
    expect(lease.held).toBe(true)
    const aborted = condition.wait(lease, { signal: controller.signal })
    controller.abort('why')
    await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED', cause: 'why' })
    expect(lease.held).toBe(true)
    const { signal } = controller
    await expect(condition.wait(lease, { signal })).rejects.toMatchObject({ code: 'NET_ABORTED' })
    expect(lease.held).toBe(true)
    expect(clock.timers).toBe(0)
  })

  test('the limit of waitFor counts for all of its waits together', async () => {
    using clock = useFakeClock()
    const condition = new Condition()
    using lease = await condition.mutex.acquire()
    const options = { timeout: 30 }
    const limited = failure(condition.waitFor(lease, () => false, options))
    for (let round = 0; round < 2; round++) {
      await clock.advance(10)
      condition.notify()
    }
    await clock.advance(9)
    expect(lease.held).toBe(false)
    await clock.advance(1)
    expect(await limited).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
      limit: 30,
    })
    expect(lease.held).toBe(true)
    await condition.waitFor(lease, () => true, { timeout: 1 })
  })

  test('needs a lease that holds its mutex', async () => {
    const condition = new Condition()
    const other = await new Mutex().acquire()
    const notHeld = { code: 'NET_NOT_HELD' }
    await expect(condition.wait(other)).rejects.toMatchObject(notHeld)
    const lease = await condition.mutex.acquire()
    lease.release()
    await expect(condition.waitFor(lease, () => true)).rejects.toMatchObject(notHeld)
  })

  test('a lease that is released during its wait does not take the lock again', async () => {
    const condition = new Condition()
    const lease = await condition.mutex.acquire()
    const waiting = condition.wait(lease)
    lease.release()
    condition.notify()
    await expect(waiting).rejects.toMatchObject({ code: 'NET_NOT_HELD' })
    expect(condition.mutex.locked).toBe(false)
  })
})
