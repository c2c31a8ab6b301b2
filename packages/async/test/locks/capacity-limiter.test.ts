import { CapacityLimiter } from '@net/async'
import { describe, expect, test } from 'vitest'

describe('CapacityLimiter', () => {
  test('[ASYNC-29] lends tokens to borrowers, one to each', async () => {
    const limiter = new CapacityLimiter(2)
    const ada = await limiter.acquire({ borrower: 'ada' })
    const busy = { code: 'NET_BUSY' }
    await expect(limiter.acquire({ borrower: 'ada' })).rejects.toMatchObject(busy)
    expect(() => limiter.tryAcquire({ borrower: 'ada' })).toThrow(expect.objectContaining(busy))
    ada.release()
    ada.release()
    using again = await limiter.acquire({ borrower: 'ada' })
    expect(again.held).toBe(true)
    expect(limiter.available).toBe(1)
  })

  test('[ASYNC-29] a waiting borrower counts, until its wait ends', async () => {
    const limiter = new CapacityLimiter(1)
    const lease = await limiter.acquire()
    const controller = new AbortController()
    const borrower = {}
    const waiting = limiter.acquire({ borrower, signal: controller.signal })
    await expect(limiter.acquire({ borrower })).rejects.toMatchObject({ code: 'NET_BUSY' })
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'NET_ABORTED' })
    const next = limiter.acquire({ borrower })
    lease.release()
    expect((await next).held).toBe(true)
  })

  test('[ASYNC-29] is resized while tokens are out', async () => {
    const limiter = new CapacityLimiter(1)
    const first = await limiter.acquire()
    const waits = [limiter.acquire(), limiter.acquire(), limiter.acquire()]
    limiter.total = 3
    const [second, third] = await Promise.all([waits[0], waits[1]])
    expect(limiter.statistics()).toMatchObject({ total: 3, borrowed: 3, waiting: 1 })
    limiter.total = 1
    expect(limiter.available).toBe(0)
    first.release()
    second?.release()
    expect(limiter.statistics()).toMatchObject({ total: 1, borrowed: 1, waiting: 1 })
    third?.release()
    expect((await waits[2])?.held).toBe(true)
  })

  test('[ASYNC-29] reports which borrowers hold tokens, and how many wait', async () => {
    const limiter = new CapacityLimiter(2)
    using _ada = await limiter.acquire({ borrower: 'ada' })
    using _unknown = await limiter.acquire()
    const waiting = limiter.acquire({ borrower: 'bob' })
    expect(limiter.tryAcquire()).toBeUndefined()
    expect(limiter.statistics()).toEqual({
      total: 2,
      borrowed: 2,
      waiting: 1,
      borrowers: ['ada'],
    })
    limiter.total = Infinity
    expect((await waiting).held).toBe(true)
    expect(limiter.statistics().borrowers).toEqual(['ada', 'bob'])
  })

  test('refuses a wrong total', () => {
    const bad = expect.objectContaining({ code: 'NET_BAD_OPTION' })
    expect(() => new CapacityLimiter(0)).toThrow(bad)
    const limiter = new CapacityLimiter(1)
    expect(() => {
      limiter.total = 1.5
    }).toThrow(bad)
    expect(limiter.total).toBe(1)
  })
})
