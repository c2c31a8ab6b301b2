import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'

import { FlowWindows } from '../../src/sftp/flow-window.ts'

test('the window grows with what the road holds, and not beyond', async () => {
  using clock = useFakeClock()
  const window = new FlowWindows().open(() => 100)
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
  const window = new FlowWindows().open(() => 0)
  const first = window.size
  for (let round = 0; round < 100; round++) {
    await clock.advance(1)
    window.moved(1_000_000)
  }
  expect(window.size).toBe(first)
})

test('reads side by side share what the road needs without a delay', async () => {
  using clock = useFakeClock()
  const all = new FlowWindows()
  const alone = all.open(() => 0)
  const { size } = alone
  const others = [all.open(() => 0), all.open(() => 0), all.open(() => 0)]
  await clock.advance(10)
  alone.moved(size)
  expect(alone.size * (others.length + 1)).toBe(size)
  expect(others.at(-1)?.size).toBe(size / 4)
  for (const each of others) all.close(each)
  await clock.advance(10)
  alone.moved(size)
  expect(alone.size).toBe(size)
})
