import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { LimitedCall, type LimitedCallOptions } from '../../src/tasks/limited-call.ts'

const open = new AbortController().signal
const limited: LimitedCallOptions<number> = { what: 'nothing was done', limit: 100, signal: open }

describe('LimitedCall', () => {
  test('gives what the function gives or throws, and leaves no timer', async () => {
    using clock = useFakeClock()
    expect(await new LimitedCall(async () => 1, limited).result).toBe(1)
    expect(await new LimitedCall(() => 2, limited).result).toBe(2)
    const thrown = new LimitedCall<number>(() => {
      throw new Error('x')
    }, limited)
    await expect(thrown.result).rejects.toThrow('x')
    await Promise.resolve()
    expect(clock.timers).toBe(0)
  })

  test('past its limit, or abandoned earlier, it rejects and passes on the late result', async () => {
    using clock = useFakeClock()
    for (const end of ['limit', 'given up']) {
      const answer = Promise.withResolvers<number>()
      const late: PromiseSettledResult<number>[] = []
      let told = false
      const call = new LimitedCall<number>(
        ({ signal }) => {
          signal.addEventListener('abort', () => (told = true))
          return answer.promise
        },
        { ...limited, late: (settled) => late.push(settled) },
      )
      const failed = call.result.catch((error: unknown) => error)
      if (end === 'limit') await clock.advance(100)
      else call.giveUp()
      expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_POOL', limit: 100 })
      expect(told).toBe(true)
      answer.resolve(7)
      await clock.advance(0)
      expect(late).toEqual([{ status: 'fulfilled', value: 7 }])
    }
  })

  test('the signal asks the function to end, and the call waits for that', async () => {
    const controller = new AbortController()
    const call = new LimitedCall<number>(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(3))
        }),
      { ...limited, signal: controller.signal },
    )
    controller.abort()
    expect(await call.result).toBe(3)
  })
})
