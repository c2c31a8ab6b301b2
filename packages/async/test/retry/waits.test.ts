import {
  retry,
  waitChain,
  waitExponential,
  waitFixed,
  waitRandom,
  waitSum,
  type FailureSoFar,
} from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

function after(attempt: number): FailureSoFar {
  return { error: new Error('x'), attempt, elapsed: 0 }
}

describe('waits between attempts', () => {
  test('[ASYNC-47] are fixed, random, growing', () => {
    expect(waitFixed(50)(after(7))).toBe(50)
    expect(waitRandom(10, 20, () => 0.5)(after(1))).toBe(15)
    const growing = waitExponential({ delay: 10, factor: 3, maxDelay: 100, jitter: 'none' })
    expect([1, 2, 3, 4].map((attempt) => growing(after(attempt)))).toEqual([10, 30, 90, 100])
    expect(waitExponential({ delay: 10, random: () => 0.25 })(after(2))).toBe(5)
  })

  test('[ASYNC-47] are added and chained', () => {
    const wait = waitChain(waitFixed(1), waitSum(waitFixed(10), waitFixed(20)), waitFixed(5))
    expect([1, 2, 3, 4].map((attempt) => wait(after(attempt)))).toEqual([1, 30, 5, 5])
  })

  test('[ASYNC-47] are what retry waits', async () => {
    using clock = useFakeClock()
    const begun: number[] = []
    const running = retry(
      async ({ attempt }) => {
        begun.push(clock.now())
        if (attempt < 4) throw new Error('not yet')
      },
      { attempts: 4, wait: waitChain(waitFixed(5), waitFixed(7)) },
    )
    await clock.advance(100)
    await running
    expect(begun).toEqual([0, 5, 12, 19])
  })

  test('stay numbers after any number of attempts, in every combination', () => {
    const polling = waitExponential({ delay: 0 })
    expect(polling(after(5000))).toBe(0)
    expect(waitExponential({ delay: 5, random: () => 0 })(after(5000))).toBe(0)
    const unbounded = waitExponential({ maxDelay: Infinity, random: () => 0 })
    expect(unbounded(after(5000))).toBe(Infinity)
    expect(waitExponential({ factor: Infinity, jitter: 'none' })(after(2))).toBe(30_000)
    expect(waitRandom(0, Infinity, () => 0)(after(1))).toBe(Infinity)
    expect(waitRandom(Infinity, Infinity)(after(1))).toBe(Infinity)
    expect(waitSum(waitFixed(Number.MAX_VALUE), waitFixed(Number.MAX_VALUE))(after(1))).toBe(
      Infinity,
    )
  })

  test('refuse wrong lengths of time', () => {
    const bad = expect.objectContaining({ code: 'NET_BAD_OPTION' })
    expect(() => waitFixed(-1)).toThrow(bad)
    expect(() => waitRandom(-1, 1)).toThrow(bad)
    expect(() => waitRandom(1, Number.NaN)).toThrow(bad)
    expect(() => waitExponential({ factor: 0 })).toThrow(bad)
    expect(() => waitChain()).toThrow(bad)
  })
})
