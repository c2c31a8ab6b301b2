import { clock as clockOf } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { onCallEnd, untilCallEnd, type CallEnd } from '../src/call-end.ts'

const context = { protocol: 'http', operation: 'GET' }

function toldOf(end: Partial<CallEnd>): {
  readonly told: unknown[]
  readonly watch: Disposable
} {
  const told: unknown[] = []
  const whole = { signal: undefined, total: Infinity, started: clockOf().now(), ...end }
  return { told, watch: onCallEnd(whole, context, (error) => void told.push(error)) }
}

test('reports when the limit has passed, counted from the beginning of the call', async () => {
  using clock = useFakeClock()
  const started = clockOf().now()
  await clock.advance(60)
  const { told } = toldOf({ started, total: 100 })
  await clock.advance(39)
  expect(told).toEqual([])
  await clock.advance(1)
  expect(told).toMatchObject([{ code: 'NET_TIMEOUT_TOTAL', limit: 100, operation: 'GET' }])
})

test('reports when the signal aborts, also earlier, and nothing after it was disposed', async () => {
  using clock = useFakeClock()
  const controller = new AbortController()
  const { signal } = controller
  const [heard, left] = [toldOf({ signal, total: 100 }), toldOf({ signal, total: 100 })]
  left.watch[Symbol.dispose]()
  controller.abort()
  expect(heard.told).toMatchObject([{ code: 'NET_ABORTED' }])
  expect(toldOf({ signal }).told).toMatchObject([{ code: 'NET_ABORTED' }])
  heard.watch[Symbol.dispose]()
  await clock.advance(100)
  expect([heard.told.length, left.told.length]).toEqual([1, 0])
})

test('work settles by itself, or with the end of its call', async () => {
  using clock = useFakeClock()
  const end = { signal: undefined, total: 100, started: clockOf().now() }
  expect(await untilCallEnd(Promise.resolve(1), end, context)).toBe(1)
  await expect(untilCallEnd(Promise.reject(new Error('x')), end, context)).rejects.toThrow('x')
  expect(await untilCallEnd(Promise.resolve(2), undefined, context)).toBe(2)
  const late = untilCallEnd(new Promise(() => {}), end, context).catch((error: unknown) => error)
  await clock.advance(100)
  expect(await late).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 100 })
  expect(clock.timers).toBe(0)
})
