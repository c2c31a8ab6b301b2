import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'

import { Turns } from '../src/turns.ts'
import { inOperation } from './open-session.ts'

test('who comes first is served first', async () => {
  const turns = new Turns()
  const order: number[] = []
  const call = (number: number): Promise<void> =>
    inOperation(async (op) => {
      const leave = await turns.take(op)
      order.push(number)
      await Promise.resolve()
      leave()
    })
  await Promise.all([call(1), call(2), call(3)])
  expect(order).toEqual([1, 2, 3])
  expect(turns.taken).toBe(false)
})

test('a call that is stopped leaves the line', async () => {
  const turns = new Turns()
  const leave = await inOperation((op) => turns.take(op))
  const abort = new AbortController()
  const stopped = inOperation((op) => turns.take(op), { signal: abort.signal })
  const next = inOperation((op) => turns.take(op))
  abort.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
  leave()
  const nextLeave = await next
  nextLeave()
  expect(turns.taken).toBe(false)
})

test('waiting is limited by `pool`', async () => {
  using clock = useFakeClock()
  const turns = new Turns()
  await inOperation((op) => turns.take(op))
  const waiting = inOperation((op) => turns.take(op), { timeout: { pool: 500 } })
  const rejected = waiting.catch((error: unknown) => error)
  await clock.advance(500)
  expect(await rejected).toMatchObject({ code: 'NET_TIMEOUT_POOL', limit: 500 })
  expect(clock.timers).toBe(0)
})
