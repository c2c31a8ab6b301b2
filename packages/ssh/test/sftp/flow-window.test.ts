import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'

import { FlowWindow } from '../../src/sftp/flow-window.ts'

test('the window grows with what the road holds, and not beyond', async () => {
  using clock = useFakeClock()
  const window = new FlowWindow(() => 100)
  const first = window.size
  // 100 MB a second over 100 ms are 10 MB on the road.
  for (let round = 0; round < 200; round++) {
    await clock.advance(10)
    window.moved(1_000_000)
  }
  expect(window.size).toBeGreaterThan(first + 10_000_000)
  expect(window.size).toBeLessThan(first + 25_000_000)
  for (let round = 0; round < 200; round++) {
    await clock.advance(10)
    window.moved(100_000_000)
  }
  expect(window.size).toBe(48 * 1024 * 1024)
})

test('without a delay it stays as it is', async () => {
  using clock = useFakeClock()
  const window = new FlowWindow(() => 0)
  const first = window.size
  for (let round = 0; round < 100; round++) {
    await clock.advance(1)
    window.moved(1_000_000)
  }
  expect(window.size).toBe(first)
})
