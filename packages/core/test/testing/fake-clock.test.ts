import { readFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { clock } from '@net/core/authoring'
import { untilIdle, useFakeClock } from '@net/core/testing'

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

test('of timers that are due at once, the first one armed fires first', async () => {
  using fake = useFakeClock()
  const fired: string[] = []
  fake.after(20, () => fired.push('c'))
  fake.after(10, () => fired.push('a'))
  fake.after(10, () => fired.push('b'))
  const gone = fake.after(10, () => fired.push('never'))
  fake.after(5, () => gone.clear())
  await fake.advance(20)
  expect(fired).toEqual(['a', 'b', 'c'])
})

test('[ASYNC-52] jumps to the next timer by itself when everything is blocked', async () => {
  using fake = useFakeClock({ autoJump: true })
  const trail: [string, number][] = []
  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      clock().after(milliseconds, resolve)
    })
  const work = async (name: string, ...lasts: number[]): Promise<void> => {
    for (const last of lasts) {
      await sleep(last)
      // Work between two waits, of many steps and of turns of the event loop, is done before time moves on.
      for (let step = 0; step < 50; step++) await Promise.resolve()
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
      trail.push([name, clock().now()])
    }
  }
  await Promise.all([work('hours', 3_600_000, 3_600_000), work('days', 5_400_000)])
  expect(trail).toEqual([
    ['hours', 3_600_000],
    ['days', 5_400_000],
    ['hours', 7_200_000],
  ])
  expect(fake.timers).toBe(0)
})

test('[ASYNC-52] jumps only after a real time of quiet, if that is asked for', async () => {
  using fake = useFakeClock({ autoJump: 200 })
  const fired = Promise.withResolvers<number>()
  fake.after(1000, () => fired.resolve(fake.now()))
  // Real files take real time, more than two turns.
  for (let round = 0; round < 3; round++) await readFile(import.meta.filename)
  expect(fake.now()).toBe(0)
  expect(await fired.promise).toBe(1000)
})

test('a wait without end, or a clock that was disposed, never jumps', async () => {
  const fired: string[] = []
  {
    using fake = useFakeClock({ autoJump: true })
    fake.after(Infinity, () => fired.push('for ever'))
    fake.after(10, () => fired.push('disposed'))
  }
  await untilIdle()
  expect(fired).toEqual([])
})

test('jumps also while a test waits for a condition', async () => {
  using fake = useFakeClock({ autoJump: true })
  let fired = false
  fake.after(1000, () => (fired = true))
  await fake.until(() => fired)
  expect(fake.now()).toBe(1000)
})

test('refuses options that do not exist', () => {
  expect(() => useFakeClock({ jump: true } as never)).toThrow('useFakeClock: the options have no')
  expect(() => useFakeClock({ autoJump: 'yes' } as never)).toThrow('autoJump must be')
})
