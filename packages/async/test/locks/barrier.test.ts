import { Barrier } from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { failure } from '../failure.ts'

const broken = { code: 'NET_BARRIER_BROKEN' }

describe('Barrier', () => {
  test('[ASYNC-28] opens when all have come, and gives each a number of its own; again and again', async () => {
    const barrier = new Barrier(3)
    for (let round = 0; round < 2; round++) {
      const first = barrier.wait()
      const second = barrier.wait()
      expect(barrier.waiting).toBe(2)
      expect(await Promise.all([first, second, barrier.wait()])).toEqual([0, 1, 2])
      expect(barrier.waiting).toBe(0)
    }
  })

  test('[ASYNC-28] an abort breaks it for waiting and for new parties, until it is reset', async () => {
    const barrier = new Barrier(2)
    const waiting = failure(barrier.wait())
    barrier.abort()
    expect(await waiting).toMatchObject(broken)
    expect(barrier.broken).toBe(true)
    await expect(barrier.wait()).rejects.toMatchObject(broken)
    barrier.reset()
    expect(barrier.broken).toBe(false)
    expect(await Promise.all([barrier.wait(), barrier.wait()])).toEqual([0, 1])
  })

  test('[ASYNC-28] a reset breaks the waits of the parties that had arrived', async () => {
    const barrier = new Barrier(2)
    const waiting = failure(barrier.wait())
    barrier.reset()
    expect(await waiting).toMatchObject(broken)
    expect(barrier.waiting).toBe(0)
    expect(barrier.broken).toBe(false)
  })

  test('a party that leaves does not count, and the others wait for another', async () => {
    using clock = useFakeClock()
    const barrier = new Barrier(2)
    const limited = failure(barrier.wait({ timeout: 5 }))
    await clock.advance(5)
    expect(await limited).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
    })
    const controller = new AbortController()
    const aborted = barrier.wait({ signal: controller.signal })
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED' })
    const patient = barrier.wait()
    expect(barrier.waiting).toBe(1)
    expect(await barrier.wait()).toBe(1)
    expect(await patient).toBe(0)
  })

  test('refuses a count of zero', () => {
    expect(() => new Barrier(0)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  })
})
