import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { within } from '../../src/tasks/within.ts'

test('waits for the work or the limit, says which, and leaves no timer', async () => {
  using clock = useFakeClock()
  expect(await within(10, Promise.resolve())).toBe(true)
  expect(clock.timers).toBe(0)
  const limited = within(10, new Promise(() => {}))
  await clock.advance(10)
  expect(await limited).toBe(false)
  expect(await within(Infinity, Promise.resolve())).toBe(true)
})
