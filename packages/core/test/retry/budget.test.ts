import { earn } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('a budget earns for a success; one that fails to hear of it undoes nothing', async () => {
  let earned = 0
  const budget = { tokens: 1, withdraw: () => true }
  earn(undefined)
  earn({ ...budget, deposit: () => void (earned += 1) })
  expect(earned).toBe(1)
  const failing = (): void => {
    throw new Error('mine')
  }
  expect(() => earn({ ...budget, deposit: failing })).not.toThrow()
  earn({ ...budget, deposit: () => Promise.reject(new Error('mine')) as never })
  // An unhandled rejection would be told within this turn, and fail the run.
  await new Promise((turn) => setImmediate(turn))
})
