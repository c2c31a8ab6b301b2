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
