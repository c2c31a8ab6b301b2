import { retryBudget, retryPolicy } from '@net/async'
import { netError } from '@net/core/authoring'
import { describe, expect, test } from 'vitest'

const refused = netError('NET_CONNECT_REFUSED', { message: 'refused' })
const late = netError('NET_TIMEOUT_CONNECT', { message: 'late' })

describe('retryBudget', () => {
  test('repeats cost tokens, more of them after a time limit, and successes earn them', () => {
    const budget = retryBudget({ tokens: 20 })
    expect(budget.withdraw(refused)).toBe(true)
    expect(budget.tokens).toBe(15)
    expect(budget.withdraw(late)).toBe(true)
    expect(budget.tokens).toBe(5)
    expect(budget.withdraw(late)).toBe(false)
    expect(budget.tokens).toBe(5)
    budget.deposit()
    expect(budget.tokens).toBe(6)
  })

  test('never holds more than at first', () => {
    const budget = retryBudget({ tokens: 3 })
    budget.deposit()
    expect(budget.tokens).toBe(3)
  })

  test('bounds the repeats of a thousand callers whom a server fails', () => {
    const policy = retryPolicy({ budget: retryBudget(), attempts: 10 })
    let repeats = 0
    for (let caller = 0; caller < 1000; caller++) {
      for (let attempt = 1; ; attempt++) {
        const failed = { error: refused, attempt, idempotent: true, elapsed: 0 }
        if (policy.delay(failed) === undefined) break
        repeats++
      }
    }
    expect(repeats).toBe(100)
  })

  test('an infinite budget stays infinite, at every cost of a repeat', () => {
    const budget = retryBudget({ tokens: Infinity, cost: Infinity })
    expect(budget.withdraw(refused)).toBe(true)
    budget.deposit()
    expect(budget.tokens).toBe(Infinity)
  })

  test('refuses negative amounts', () => {
    expect(() => retryBudget({ cost: -1 })).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION' }),
    )
  })
})
