import { RateLimiter } from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { failure } from '../failure.ts'

describe('RateLimiter', () => {
  test('[ASYNC-47] grants a burst at once, then at its rate, in order', async () => {
    using clock = useFakeClock()
    const limiter = new RateLimiter({ limit: 10, interval: 1000, burst: 3 })
    const granted: number[] = []
    const waits = Array.from({ length: 6 }, async () => {
      await limiter.acquire()
      granted.push(clock.now())
    })
    await clock.advance(1000)
    await Promise.all(waits)
    expect(granted).toEqual([0, 0, 0, 100, 200, 300])
    expect(clock.timers).toBe(0)
  })

  test('[ASYNC-47] saves up no more than its burst, which is its limit by default', async () => {
    using clock = useFakeClock()
    const limiter = new RateLimiter({ limit: 2 })
    expect(limiter.tryAcquire()).toBe(true)
    expect(limiter.available).toBe(1)
    expect(limiter.tryAcquire()).toBe(true)
    expect(limiter.tryAcquire()).toBe(false)
    await clock.advance(60_000)
    expect(limiter.available).toBe(2)
  })

  test('takes several tokens at a time; no call overtakes one that waits for many', async () => {
    using clock = useFakeClock()
    const limiter = new RateLimiter({ limit: 1, interval: 10, burst: 5 })
    await limiter.acquire({ tokens: 4 })
    const many = limiter.acquire({ tokens: 5 }).then(() => clock.now())
    const few = limiter.acquire().then(() => clock.now())
    expect(limiter.tryAcquire()).toBe(false)
    expect(limiter.available).toBe(0)
    expect(limiter.waiting).toBe(2)
    await clock.advance(100)
    expect(await many).toBe(40)
    expect(await few).toBe(50)
  })

  test('an aborted call has taken nothing, and the next one goes on at once', async () => {
    using clock = useFakeClock()
    const limiter = new RateLimiter({ limit: 1, interval: 10, burst: 5 })
    await limiter.acquire({ tokens: 4 })
    const controller = new AbortController()
    const many = limiter.acquire({ tokens: 5, signal: controller.signal })
    const limited = failure(limiter.acquire({ tokens: 5, timeout: 3 }))
    const few = limiter.acquire()
    controller.abort()
    await expect(many).rejects.toMatchObject({ code: 'NET_ABORTED' })
    await clock.advance(3)
    expect(await limited).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
    })
    await few
    expect(clock.now()).toBe(3)
    expect(clock.timers).toBe(0)
  })

  test('refuses what can never be', async () => {
    const bad = { code: 'NET_BAD_OPTION' }
    const limiter = new RateLimiter({ limit: 1 })
    await expect(limiter.acquire({ tokens: 2 })).rejects.toMatchObject(bad)
    await expect(limiter.acquire({ tokens: 0 })).rejects.toMatchObject(bad)
    for (const options of [
      { limit: 0 },
      { limit: Infinity },
      { limit: 1, interval: 0 },
      { limit: 1, burst: 0 },
      {} as never,
    ]) {
      expect(() => new RateLimiter(options)).toThrow(expect.objectContaining(bad))
    }
  })
})
