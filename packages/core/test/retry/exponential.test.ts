import { exponential } from '@net/core/authoring'
import { expect, test } from 'vitest'

test('waits grow from 100 ms on, twice as long each time, with any of it waited', () => {
  const error = new Error('x')
  const waits = [1, 2, 3].map((attempt) =>
    exponential({ random: () => 0.5 })({ error, attempt, elapsed: 0 }),
  )
  expect(waits).toEqual([50, 100, 200])
})
