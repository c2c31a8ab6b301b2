import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'

import { RekeyWatch } from '../src/rekey-watch.ts'

test('new keys after so many bytes, or so much time, counted anew from each exchange', async () => {
  using clock = useFakeClock()
  let exchanges = 0
  const watch = new RekeyWatch({ bytes: 1000, time: 60_000 }, () => {
    exchanges += 1
  })
  watch.moved(999)
  expect(exchanges).toBe(0)
  watch.moved(1)
  expect(exchanges).toBe(1)
  await clock.advance(59_999)
  watch.moved(999)
  expect(exchanges).toBe(1)
  await clock.advance(1)
  expect(exchanges).toBe(2)
  // The server asked for the last one.
  watch.moved(999)
  watch.done()
  watch.moved(999)
  await clock.advance(59_999)
  expect(exchanges).toBe(2)
  watch.stop()
  await clock.advance(60_000)
  expect(exchanges).toBe(2)
})

test('never by time, where that is asked for', async () => {
  using clock = useFakeClock()
  let exchanges = 0
  new RekeyWatch({ time: Infinity }, () => {
    exchanges += 1
  }).moved(2 ** 30 - 1)
  await clock.advance(10_000_000)
  expect(exchanges).toBe(0)
})
