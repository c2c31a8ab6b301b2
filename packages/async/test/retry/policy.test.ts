import { retryBudget, retryPolicy } from '@net/async'
import type { FailedAttempt, RetryPolicyOptions } from '@net/core'
import { BackOff, netError } from '@net/core/authoring'
import { describe, expect, test } from 'vitest'

const refused = netError('NET_CONNECT_REFUSED', { message: 'refused' })
const lost = netError('NET_CONN_RESET', { message: 'reset' })
const denied = netError('NET_ACCESS_DENIED', { message: 'denied' })

function failed(fields: Partial<FailedAttempt>): FailedAttempt {
  return { error: refused, attempt: 1, idempotent: false, elapsed: 0, ...fields }
}

describe('retryPolicy', () => {
  test('allows 3 attempts by default', () => {
    const policy = retryPolicy()
    expect(policy.delay(failed({ attempt: 2 }))).toBeTypeOf('number')
    expect(policy.delay(failed({ attempt: 3 }))).toBeUndefined()
  })

  test('doubles the longest wait up to the cap', () => {
    const policy = retryPolicy({ attempts: 20, jitter: 'none', maxDelay: 1000 })
    const waits = [1, 2, 3, 4, 5, 19].map((attempt) => policy.delay(failed({ attempt })))
    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000])
  })

  test('full jitter waits anything between nothing and the longest wait', () => {
    const draws = [0, 0.5, 0.999]
    const policy = retryPolicy({ delay: 1000, random: () => draws.shift() ?? 0 })
    const waits = [1, 1, 1].map((attempt) => policy.delay(failed({ attempt })))
    expect(waits).toEqual([0, 500, 999])
    const spread = Array.from({ length: 200 }, () => retryPolicy().delay(failed({})) ?? -1)
    expect(Math.min(...spread)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...spread)).toBeLessThan(100)
    expect(new Set(spread).size).toBeGreaterThan(100)
  })

  test("repeats by the error's class and the verb's idempotence", () => {
    const policy = retryPolicy()
    expect(policy.delay(failed({ error: refused }))).toBeDefined()
    expect(policy.delay(failed({ error: lost }))).toBeUndefined()
    expect(policy.delay(failed({ error: lost, idempotent: true }))).toBeDefined()
    expect(policy.delay(failed({ error: denied, idempotent: true }))).toBeUndefined()
  })

  test('never comes back before retryAfter, and not at all if that is too far away', () => {
    const asked = (retryAfter: number): FailedAttempt =>
      failed({ error: netError('NET_CONNECT_REFUSED', { message: 'later', retryAfter }) })
    const policy = retryPolicy({ jitter: 'none' })
    expect(policy.delay(asked(5000))).toBe(5000)
    expect(policy.delay(asked(50))).toBe(100)
    expect(policy.delay(asked(60_000))).toBe(60_000)
    expect(policy.delay(asked(60_001))).toBeUndefined()
  })

  test('`when` decides instead of the class, but not about aborts', () => {
    const policy = retryPolicy({ when: (error) => error === denied })
    expect(policy.delay(failed({ error: denied }))).toBeDefined()
    expect(policy.delay(failed({ error: refused }))).toBeUndefined()
    const abort = netError('NET_ABORTED', { message: 'stop' })
    expect(retryPolicy({ when: () => true }).delay(failed({ error: abort }))).toBeUndefined()
  })

  test('a success pays into the budget, a repeat is paid from it', () => {
    const budget = retryBudget({ tokens: 10 })
    const policy = retryPolicy({ budget })
    policy.delay(failed({}))
    expect(budget.tokens).toBe(5)
    policy.succeeded?.()
    expect(budget.tokens).toBe(6)
    policy.delay(failed({}))
    expect(policy.delay(failed({}))).toBeUndefined()
  })

  test.each<RetryPolicyOptions>([
    { attempts: 0 },
    { delay: -1 },
    { factor: 0.5 },
    { jitter: 'some' as never },
    { maxDelay: Number.NaN },
    { maxRetryAfter: -1 },
  ])('refuses %o', (options) => {
    expect(() => retryPolicy(options)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  })
})

test('a foreign error is repeated if the work is idempotent', () => {
  const backOff = new BackOff({})
  const failed = { error: new Error('x'), attempt: 1, elapsed: 0 }
  expect(backOff.delay(failed, true)).toBeDefined()
  expect(backOff.delay(failed, false)).toBeUndefined()
})
