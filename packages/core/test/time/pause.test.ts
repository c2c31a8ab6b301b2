import { pause } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

test('resolves once the time has passed, not before', async () => {
  using clock = useFakeClock()
  let over = false
  const waiting = pause(100).then(() => (over = true))
  await clock.advance(99)
  expect(over).toBe(false)
  await clock.advance(1)
  await waiting
  expect([over, clock.timers]).toEqual([true, 0])
})
