import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'

import { KeepAliveWatch } from '../src/keep-alive.ts'

function watched(): { alive: KeepAliveWatch; asked: () => number; lost: () => number | undefined } {
  let asked = 0
  let lost: number | undefined
  const alive = new KeepAliveWatch(
    {},
    { ask: () => void asked++, lost: (silence) => (lost = silence) },
  )
  return { alive, asked: () => asked, lost: () => lost }
}

test('[SSH-08] a silent peer gets three requests, 15 s apart, and then the connection ends', async () => {
  using clock = useFakeClock()
  const { asked, lost } = watched()
  await clock.advance(14_999)
  expect(asked()).toBe(0)
  await clock.advance(1)
  expect(asked()).toBe(1)
  await clock.advance(44_999)
  expect([asked(), lost()]).toEqual([3, undefined])
  await clock.advance(1)
  expect([asked(), lost()]).toEqual([3, 45_000])
  expect(clock.timers).toBe(0)
})

test('a peer that sends anything is there', async () => {
  using clock = useFakeClock()
  const { alive, asked, lost } = watched()
  for (let round = 0; round < 10; round++) {
    await clock.advance(30_000)
    alive.heard()
  }
  expect(lost()).toBeUndefined()
  expect(asked()).toBeLessThan(20)
  alive.stop()
  expect(clock.timers).toBe(0)
})

test('interval and count can be chosen', async () => {
  using clock = useFakeClock()
  let lost = 0
  const alive = new KeepAliveWatch(
    { interval: 100, count: 1 },
    { ask() {}, lost: (silence) => (lost = silence) },
  )
  await clock.advance(200)
  expect(lost).toBe(100)
  alive.stop()
})
