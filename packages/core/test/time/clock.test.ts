import { once } from 'node:events'

import { expect, test } from 'vitest'

import { clock } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'

test('the real clock goes on and fires timers', async () => {
  const before = clock().now()
  const fired = new EventTarget()
  clock().after(1, () => fired.dispatchEvent(new Event('fired')))
  await once(fired, 'fired')
  expect(clock().now()).toBeGreaterThan(before)
  expect(clock().date()).toBeGreaterThan(Date.UTC(2026, 0, 1))
})

test('a timer beyond what Node can hold does not fire at once', async () => {
  let fired = false
  const timer = clock().after(2 ** 31 + 5, () => {
    fired = true
  })
  const later = Promise.withResolvers<void>()
  clock().after(5, later.resolve)
  await later.promise
  timer.clear()
  expect(fired).toBe(false)
})

test('a replaced clock is in force everywhere until it is disposed', () => {
  const real = clock()
  {
    using fake = useFakeClock()
    expect(clock()).toBe(fake)
  }
  expect(clock()).toBe(real)
})
