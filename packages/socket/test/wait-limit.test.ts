import type { NetError } from '@net/core'
import { limitsFor } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { abortedAlready, callLimits, watchCall } from '../src/wait-limit.ts'

test('[SOCK-24] a call is ended by its signal or its total, whichever comes first', async () => {
  using clock = useFakeClock()
  const errors: NetError[] = []
  const stop = (error: NetError) => void errors.push(error)
  expect(watchCall({}, Infinity, stop)).toBeUndefined()
  const controller = new AbortController()
  const forget = watchCall({ signal: controller.signal }, 500, stop)
  await clock.advance(500)
  controller.abort()
  expect(errors.map(({ code, limit }) => [code, limit])).toEqual([
    ['NET_TIMEOUT_TOTAL', 500],
    ['NET_ABORTED', undefined],
  ])
  forget?.()
  const taken = watchCall({ signal: new AbortController().signal }, 500, stop)
  taken?.()
  await clock.advance(1000)
  expect([errors.length, clock.timers]).toEqual([2, 0])
})

test('a call’s own limits overlay those of the connection', () => {
  const defaults = limitsFor('session', { idle: 10, write: 20 })
  expect(callLimits(undefined, defaults)).toBe(defaults)
  const { idle, write, total } = callLimits({ timeout: { idle: 5 } }, defaults)
  expect([idle, write, total]).toEqual([5, 20, Infinity])
  expect(callLimits({ timeout: 7 }, defaults).total).toBe(7)
  expect(() => callLimits({ timeout: -1 }, defaults)).toThrow(/timeout/)
})

test('[H-CORE-04] a signal that is aborted already is seen', () => {
  expect(abortedAlready({ signal: AbortSignal.abort() })?.code).toBe('NET_ABORTED')
  expect([abortedAlready(undefined), abortedAlready({})]).toEqual([undefined, undefined])
})
