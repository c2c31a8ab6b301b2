import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { Pulse, type PulsedPeer } from '../src/web-socket-pulse.ts'

const TIMES = { interval: 1000, timeout: 500 }

function peer(): PulsedPeer & { heard: number; isHeld: boolean; asked: number; lost: number[] } {
  return {
    heard: 0,
    isHeld: false,
    asked: 0,
    lost: [],
    async ask() {
      this.asked += 1
    },
    silent(limit) {
      this.lost.push(limit)
    },
  }
}

test('a silent peer is asked, and lost when it gives no sign', async () => {
  using clock = useFakeClock()
  const silent = peer()
  using _pulse = stopped(new Pulse(silent, TIMES))
  await clock.advance(999)
  expect(silent.asked).toBe(0)
  await clock.advance(1)
  expect(silent.asked).toBe(1)
  await clock.advance(500)
  await clock.until(() => silent.lost.length > 0)
  expect(silent.lost).toEqual([500])
})

test('any byte is a sign, also a late one', async () => {
  using clock = useFakeClock()
  const busy = peer()
  using _pulse = stopped(new Pulse(busy, TIMES))
  for (let second = 0; second < 5; second++) {
    busy.heard += 1
    await clock.advance(1000)
  }
  expect(busy.asked).toBe(0)
  await clock.advance(1000)
  expect(busy.asked).toBe(1)
  busy.heard += 1
  await clock.advance(600)
  await clock.until(() => clock.timers === 1)
  expect(busy.lost).toEqual([])
})

test('what the system has already behind a loop that was busy is a sign', async () => {
  using clock = useFakeClock()
  const late = peer()
  // It is read in the turn behind the one in which the limit passes.
  clock.after(1500, () => void setImmediate(() => (late.heard += 1)))
  using _pulse = stopped(new Pulse(late, TIMES))
  await clock.advance(1000)
  expect(late.asked).toBe(1)
  await clock.advance(500)
  await clock.until(() => clock.timers === 1)
  expect([late.heard, late.lost]).toEqual([1, []])
})

test('while our own reader makes the peer wait silence says nothing', async () => {
  using clock = useFakeClock()
  const held = peer()
  held.isHeld = true
  using _pulse = stopped(new Pulse(held, TIMES))
  await clock.advance(60_000)
  expect([held.asked, held.lost]).toEqual([0, []])
})

test('the limit begins when the ping has left', async () => {
  using clock = useFakeClock()
  const left = Promise.withResolvers<void>()
  const slow = peer()
  slow.ask = () => left.promise
  using _pulse = stopped(new Pulse(slow, TIMES))
  await clock.advance(10_000)
  expect(slow.lost).toEqual([])
  left.resolve()
  await clock.until(() => clock.timers === 1)
  await clock.advance(500)
  await clock.until(() => slow.lost.length === 1)
})

test('a pulse that is stopped asks nobody', async () => {
  using clock = useFakeClock()
  const quiet = peer()
  new Pulse(quiet, TIMES).stop()
  await clock.advance(10_000)
  expect([quiet.asked, clock.timers]).toEqual([0, 0])
})

function stopped(pulse: Pulse): Disposable {
  return { [Symbol.dispose]: () => pulse.stop() }
}
