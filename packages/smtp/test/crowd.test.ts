import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { BackOffOfServer, isCrowded } from '../src/crowd.ts'
import { replyError } from '../src/errors.ts'

test('tells a refused connection from a refused message', () => {
  const crowded = (status: number, enhanced = '', phase?: 'auth'): boolean =>
    isCrowded(
      replyError(
        { status, enhanced, text: 'x' },
        { command: 'MAIL', ...(phase === undefined ? {} : { phase }) },
      ),
    )
  expect(crowded(421)).toBe(true)
  expect(crowded(432)).toBe(true)
  expect(crowded(454, '', 'auth')).toBe(true)
  expect(crowded(451, '4.3.2')).toBe(true)
  expect(crowded(454, '4.5.0')).toBe(false)
  expect(crowded(451, '4.7.1')).toBe(false)
  expect(crowded(550, '5.7.0')).toBe(false)
  expect(isCrowded(netError('NET_CONN_RESET', { message: 'x' }))).toBe(false)
  expect(isCrowded(new Error('x'))).toBe(false)
})

test('waits for a second after a refusal, then longer, and not at all after a success', async () => {
  using clock = useFakeClock()
  const backOff = new BackOffOfServer()
  const { signal } = new AbortController()
  const waitOf = async (): Promise<number> => {
    const from = clock.now()
    const ended: number[] = []
    const over = backOff.over(signal).then(() => ended.push(clock.now()))
    while (ended.length === 0) await clock.advance(100)
    await over
    return clock.now() - from
  }
  expect(await waitOf()).toBeLessThanOrEqual(100)
  backOff.refused()
  expect(await waitOf()).toBeGreaterThanOrEqual(1000)
  backOff.refused()
  expect(await waitOf()).toBeGreaterThanOrEqual(2000)
  for (let n = 0; n < 20; n++) backOff.refused()
  expect(await waitOf()).toBeLessThanOrEqual(76_000)
  backOff.accepted()
  backOff.refused()
  expect(await waitOf()).toBeLessThanOrEqual(1400)
})
