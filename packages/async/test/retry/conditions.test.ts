import {
  allOf,
  anyOf,
  ifClass,
  ifCode,
  not,
  retry,
  retryPolicy,
  stopAfterAttempts,
  stopAfterElapsed,
  waitFixed,
  type RetryPolicyOptions,
} from '@net/async'
import { AuthError, StateError } from '@net/core'
import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

const busy = netError('NET_BUSY', { message: 'busy' })
const rejected = netError('NET_AUTH_REJECTED', { message: 'rejected' })
const refused = netError('NET_CONNECT_REFUSED', { message: 'refused' })

describe('conditions of repeats', () => {
  test('[ASYNC-47] stop after attempts or time, alone or together', async () => {
    using clock = useFakeClock()
    const count = async (stop: RetryPolicyOptions): Promise<number> => {
      let begun = 0
      const running = retry(
        async () => {
          begun++
          throw refused
        },
        { wait: waitFixed(10), ...stop },
      ).catch((error: unknown) => error)
      await clock.advance(1000)
      await running
      return begun
    }
    const attempts = stopAfterAttempts(4)
    const elapsed = stopAfterElapsed(55)
    expect(await count({ stop: attempts })).toBe(4)
    expect(await count({ stop: elapsed })).toBe(7)
    expect(await count({ stop: anyOf(attempts, elapsed) })).toBe(4)
    expect(await count({ stop: allOf(attempts, elapsed) })).toBe(7)
    expect(await count({ stop: elapsed, attempts: 2 })).toBe(2)
  })

  test('[ASYNC-47] filter errors by code and class, combined at will', () => {
    expect(ifCode('NET_BUSY', 'NET_CLOSED')(busy, 1)).toBe(true)
    expect(ifCode('NET_BUSY')(rejected, 1)).toBe(false)
    expect(ifCode('NET_BUSY')(new Error('x'), 1)).toBe(false)
    expect(ifClass(AuthError, RangeError)(rejected, 1)).toBe(true)
    expect(ifClass(AuthError, RangeError)(new RangeError('x'), 1)).toBe(true)
    expect(ifClass(AuthError)(busy, 1)).toBe(false)
    const filter = anyOf(allOf(ifClass(StateError), not(ifCode('NET_CLOSED'))), ifClass(AuthError))
    const closed = netError('NET_CLOSED', { message: 'closed' })
    expect([busy, closed, rejected, refused].map((error) => filter(error, 1))).toEqual([
      true,
      false,
      true,
      false,
    ])
    const policy = retryPolicy({ when: filter })
    const failed = { attempt: 1, idempotent: false, elapsed: 0 }
    expect(policy.delay({ ...failed, error: busy })).toBeDefined()
    expect(policy.delay({ ...failed, error: refused })).toBeUndefined()
  })

  test('refuse wrong limits', () => {
    const bad = expect.objectContaining({ code: 'NET_BAD_OPTION' })
    expect(() => stopAfterAttempts(0)).toThrow(bad)
    expect(() => stopAfterElapsed(-1)).toThrow(bad)
  })
})
