import { BackOff, netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('waits as long as the error asks for, and gives up if that is too long', () => {
  const backOff = new BackOff({ maxRetryAfter: 1000 })
  const busy = (retryAfter: number): number | undefined =>
    backOff.delay(
      {
        error: netError('NET_BUSY', { message: 'busy', retry: 'safe', retryAfter }),
        attempt: 1,
        elapsed: 0,
      },
      false,
    )
  expect(busy(900)).toBe(900)
  expect(busy(1001)).toBeUndefined()
})

test('does not wait for what cannot begin in time, and takes nothing from the budget for it', () => {
  let withdrawn = 0
  const budget = { tokens: 9, withdraw: () => withdrawn++ >= 0, deposit: () => {} }
  const backOff = new BackOff({ budget, jitter: 'none' })
  const error = netError('NET_REPLY_TEMPORARY', { message: 'later', retryAfter: 20_000 })
  const delay = (left: number | undefined): number | undefined =>
    backOff.delay({ error, attempt: 1, elapsed: 0, left }, true)
  expect(delay(5000)).toBeUndefined()
  expect(delay(20_000)).toBeUndefined()
  expect(withdrawn).toBe(0)
  expect(delay(20_001)).toBe(20_000)
  expect(delay(undefined)).toBe(20_000)
})

test('takes a wait of the caller that is no length of time for none', () => {
  for (const wait of [Number.NaN, -1]) {
    const backOff = new BackOff({ wait: () => wait })
    expect(backOff.delay({ error: new Error('x'), attempt: 1, elapsed: 0 }, true)).toBe(0)
  }
})

test.each(['when', 'stop', 'wait'])(
  'a promise is no answer of %s: it would pass for a yes',
  async (name) => {
    const backOff = new BackOff({ [name]: () => Promise.reject(new Error('unseen')) })
    const error = netError('NET_CONN_RESET', { message: 'gone', retry: 'safe' })
    expect(() => backOff.delay({ error, attempt: 1, elapsed: 0 }, true)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION', message: expect.stringContaining(name) }),
    )
    // An unhandled rejection would be told within this turn, and fail the run.
    await new Promise((turn) => setImmediate(turn))
  },
)
