import { expect, test } from 'vitest'

import { clock } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'

test('fires what is due, in order, and lets each do its work before the next', async () => {
  using fake = useFakeClock()
  const fired: string[] = []
  fake.after(20, () => fired.push('b'))
  fake.after(10, () => {
    fired.push('a')
    void Promise.resolve().then(() => clock().after(5, () => fired.push('from a')))
  })
  fake.after(30, () => fired.push('late')).clear()
  await fake.advance(25)
  expect(fired).toEqual(['a', 'from a', 'b'])
  expect(fake.now()).toBe(25)
  expect(fake.timers).toBe(0)
})

test('steps to the next timer, however far', async () => {
  using fake = useFakeClock()
  let fired = 0
  fake.after(3_600_000, () => fired++)
  expect(await fake.next()).toBe(true)
  expect(fired).toBe(1)
  expect(fake.now()).toBe(3_600_000)
  expect(await fake.next()).toBe(false)
})

test('a wait without end never becomes due', async () => {
  using fake = useFakeClock()
  fake.after(Infinity, () => expect.unreachable())
  expect(await fake.next()).toBe(false)
  expect(fake.now()).toBe(0)
})

test('waits for what real input and output bring', async () => {
  using fake = useFakeClock()
  let done = false
  setImmediate(() => setImmediate(() => (done = true)))
  await fake.until(() => done)
  expect(fake.now()).toBe(0)
})
