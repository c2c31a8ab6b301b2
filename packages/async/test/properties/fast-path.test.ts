/* What need not wait costs a promise, and nothing that has to be taken back. */

import { getEventListeners } from 'node:events'

import {
  Barrier,
  CapacityLimiter,
  Channel,
  Condition,
  Deferred,
  Gate,
  Memo,
  Mutex,
  Pool,
  Queue,
  RateLimiter,
  Semaphore,
  type WaitOptions,
} from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

type Wait = (options: WaitOptions) => Promise<unknown>

const cases: Record<string, () => Promise<Wait>> = {
  'Queue.put': async () => (options) => new Queue<number>().put(1, options),
  'Queue.get': async () => {
    const queue = new Queue<number>()
    await queue.put(1)
    return (options) => queue.get(options)
  },
  'Queue.join': async () => (options) => new Queue().join(options),
  'Sender.send': async () => (options) => new Channel<number>(1).sender.send(1, options),
  'Receiver.receive': async () => {
    const { sender, receiver } = new Channel<number>(1)
    await sender.send(1)
    return (options) => receiver.receive(options)
  },
  'Mutex.acquire': async () => (options) => new Mutex().acquire(options),
  'Semaphore.acquire': async () => (options) => new Semaphore(1).acquire(options),
  'CapacityLimiter.acquire': async () => (options) => new CapacityLimiter(1).acquire(options),
  'Gate.wait': async () => (options) => new Gate({ open: true }).wait(options),
  'Condition.waitFor': async () => {
    const condition = new Condition()
    const lease = await condition.mutex.acquire()
    return (options) => condition.waitFor(lease, () => true, options)
  },
  'Barrier.wait': async () => (options) => new Barrier(1).wait(options),
  'Deferred.wait': async () => {
    const deferred = new Deferred<number>()
    deferred.resolve(1)
    return (options) => deferred.wait(options)
  },
  'RateLimiter.acquire': async () => (options) => new RateLimiter({ limit: 1 }).acquire(options),
  'Memo.get': async () => {
    const memo = new Memo(async () => 1)
    await memo.get('a')
    return (options) => memo.get('a', options)
  },
  'Pool.acquire': async () => {
    const pool = new Pool({ create: async () => 1, idle: Infinity })
    const lease = await pool.acquire()
    lease.release()
    return (options) => pool.acquire(options)
  },
}

test.each(Object.entries(cases))(
  '%s that need not wait has no listener and no timer',
  async (_, make) => {
    using clock = useFakeClock()
    const { signal } = new AbortController()
    const wait = await make()
    await clock.advance(0)
    const waited = wait({ signal, timeout: 1000 })
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(clock.timers).toBe(0)
    await waited
  },
)

test.each(Object.entries(cases))('%s does not even look when it is cancelled', async (_, make) => {
  using _clock = useFakeClock()
  const wait = await make()
  const signal = AbortSignal.abort('why')
  await expect(wait({ signal })).rejects.toMatchObject({ code: 'NET_ABORTED', cause: 'why' })
  await expect(wait({ timeout: -1 })).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
})
