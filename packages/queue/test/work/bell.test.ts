import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { Bell } from '../../src/work/bell.ts'

test('what rings before the wait is not missed, and is heard once', async () => {
  using clock = useFakeClock()
  const bell = new Bell()
  bell.ring()
  bell.ring()
  await bell.wait(Infinity)
  let isOver = false
  const waiting = bell.wait(100).then(() => {
    isOver = true
  })
  await clock.advance(99)
  expect(isOver).toBe(false)
  await clock.advance(1)
  await waiting
  const last = bell.wait(Infinity)
  bell.ring()
  await last
  expect(clock.timers).toBe(0)
})
