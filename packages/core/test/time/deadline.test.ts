import { expect, test } from 'vitest'

import { Deadline } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'

function deadlineOf(limit: number): { deadline: Deadline; expired: () => number } {
  let count = 0
  return { deadline: new Deadline(limit, () => void count++), expired: () => count }
}

test('expires once, after so much waiting', async () => {
  using clock = useFakeClock()
  const { deadline, expired } = deadlineOf(100)
  deadline.start()
  await clock.advance(99)
  expect(expired()).toBe(0)
  await clock.advance(1)
  expect(expired()).toBe(1)
  await clock.advance(1000)
  expect(expired()).toBe(1)
})

test('only waiting for the peer counts', async () => {
  using clock = useFakeClock()
  const { deadline, expired } = deadlineOf(100)
  deadline.start()
  await clock.advance(60)
  deadline.stop()
  await clock.advance(10_000)
  deadline.start()
  await clock.advance(39)
  expect(expired()).toBe(0)
  await clock.advance(1)
  expect(expired()).toBe(1)
})

test('begins anew when 1 KiB has moved, and for nothing less', async () => {
  using clock = useFakeClock()
  const { deadline, expired } = deadlineOf(100)
  deadline.start()
  await clock.advance(90)
  deadline.moved(1024)
  await clock.advance(90)
  expect(expired()).toBe(0)
  deadline.moved(1)
  await clock.advance(10)
  expect(expired()).toBe(1)
})

test('an infinite limit arms no timer', () => {
  using clock = useFakeClock()
  const { deadline } = deadlineOf(Infinity)
  deadline.start()
  expect(clock.timers).toBe(0)
})

test('where any byte counts, each of them begins the wait anew', async () => {
  using clock = useFakeClock()
  let expired = 0
  const deadline = new Deadline(100, () => void (expired += 1))
  deadline.countAnyByte()
  deadline.start()
  for (let at = 0; at < 3; at++) {
    await clock.advance(90)
    deadline.moved(1)
  }
  expect(expired).toBe(0)
  await clock.advance(100)
  expect([expired, deadline.anyByteCounts]).toEqual([1, true])
})

test('after a rest the next wait counts from 0', async () => {
  using clock = useFakeClock()
  const { deadline, expired } = deadlineOf(1000)
  deadline.start()
  await clock.advance(900)
  deadline.moved(1023)
  deadline.rest()
  await clock.advance(900)
  deadline.start()
  await clock.advance(500)
  deadline.moved(1)
  await clock.advance(499)
  expect(expired()).toBe(0)
  await clock.advance(1)
  expect([expired(), clock.timers]).toEqual([1, 0])
})

test('many short waits with a rest between them cost one timer, and none is left after the stop', async () => {
  using clock = useFakeClock()
  const { deadline, expired } = deadlineOf(1000)
  for (let round = 0; round < 100; round++) {
    deadline.start()
    await clock.advance(1)
    deadline.rest()
  }
  expect(clock.timers).toBe(1)
  deadline.stop()
  expect(clock.timers).toBe(0)
  deadline.start()
  deadline.rest()
  await clock.advance(2000)
  expect([expired(), clock.timers]).toEqual([0, 0])
})
