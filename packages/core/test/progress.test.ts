import { expect, test } from 'vitest'

import type { Progress } from '@net/core'
import { useFakeClock } from '@net/core/testing'

import { ProgressMeter } from '../src/progress.ts'

test('reports at most ten times a second, and the end', async () => {
  using clock = useFakeClock()
  const told: Progress[] = []
  const meter = new ProgressMeter((progress) => void told.push(progress))
  for (let step = 1; step <= 100; step++) {
    await clock.advance(10)
    meter.at(step * 100, 10_000)
  }
  meter.end()
  expect(told.length).toBeGreaterThanOrEqual(10)
  expect(told.length).toBeLessThanOrEqual(12)
  expect(told.at(-1)).toEqual({
    transferred: 10_000,
    total: 10_000,
    rate: 10_000,
    elapsed: 1000,
    eta: 0,
  })
  expect(told[5]).toMatchObject({ rate: 10_000, total: 10_000 })
})

test('the end is reported once, and what is unknown is absent', () => {
  using _ = useFakeClock()
  const told: Progress[] = []
  const meter = new ProgressMeter((progress) => void told.push(progress))
  meter.at(5)
  meter.end()
  expect(told).toEqual([{ transferred: 5, rate: 0, elapsed: 0 }])
})
