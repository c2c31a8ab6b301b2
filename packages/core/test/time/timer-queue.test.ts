import { setImmediate as turn } from 'node:timers/promises'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { afterDelay } from '../../src/time/timer-queue.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('any number of timers of one length are one of Node, each fires at its own time', async () => {
  const fired: string[] = []
  afterDelay(100, () => fired.push('a'))
  await vi.advanceTimersByTimeAsync(40)
  const b = afterDelay(100, () => fired.push('b'))
  await vi.advanceTimersByTimeAsync(30)
  afterDelay(100, () => fired.push('c'))
  expect(vi.getTimerCount()).toBe(1)
  b.clear()
  b.clear()
  await vi.advanceTimersByTimeAsync(30)
  expect(fired).toEqual(['a'])
  await vi.advanceTimersByTimeAsync(69)
  expect(fired).toEqual(['a'])
  await vi.advanceTimersByTimeAsync(1)
  expect(fired).toEqual(['a', 'c'])
  expect(vi.getTimerCount()).toBe(0)
})

test('lengths do not wait for each other', async () => {
  const fired: number[] = []
  for (const delay of [300, 100, 200]) afterDelay(delay, () => fired.push(delay))
  await vi.advanceTimersByTimeAsync(300)
  expect(fired).toEqual([100, 200, 300])
})

test('one timer serves calls in a row, and is gone when the tick ends', async () => {
  const first = afterDelay(300_000, () => {})
  await vi.advanceTimersByTimeAsync(10)
  const due = vi.getTimerCount()
  first.clear()
  for (let call = 0; call < 1000; call++) {
    expect(vi.getTimerCount()).toBe(due)
    const timer = afterDelay(300_000, () => {})
    await Promise.resolve()
    timer.clear()
  }
  await turn()
  expect(vi.getTimerCount()).toBe(0)
})

test("timers of a test library and Node's do not wait for each other", async () => {
  const fired: string[] = []
  afterDelay(5, () => fired.push('of the library'))
  vi.useRealTimers()
  await new Promise<void>((resolve) => void afterDelay(5, resolve))
  expect(fired).toEqual([])
})

test('a library that replaces the timers without the clock moves them all the same', async () => {
  vi.useRealTimers()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const fired = vi.fn()
  afterDelay(300_000, fired)
  await vi.advanceTimersByTimeAsync(300_000)
  expect(fired).toHaveBeenCalledOnce()
})

test('a timer set by one that fires gets its whole time', async () => {
  const fired: string[] = []
  afterDelay(50, () => {
    fired.push('first')
    afterDelay(50, () => fired.push('second'))
  })
  await vi.advanceTimersByTimeAsync(99)
  expect(fired).toEqual(['first'])
  await vi.advanceTimersByTimeAsync(1)
  expect(fired).toEqual(['first', 'second'])
  expect(vi.getTimerCount()).toBe(0)
})

test('one that throws keeps the others from nothing', async () => {
  const fired: string[] = []
  afterDelay(10, () => {
    throw new Error('a bug')
  })
  afterDelay(10, () => fired.push('next'))
  await expect(vi.advanceTimersByTimeAsync(10)).rejects.toThrow('a bug')
  await vi.advanceTimersByTimeAsync(1)
  expect(fired).toEqual(['next'])
})

test('beyond what Node can hold a timer waits in stages', async () => {
  const fired = vi.fn()
  afterDelay(2 ** 31 + 5, fired)
  await vi.advanceTimersByTimeAsync(2 ** 31 + 4)
  expect(fired).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(fired).toHaveBeenCalledOnce()
})
