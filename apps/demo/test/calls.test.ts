import { operation } from '@net/core/authoring'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { callsOf } from '../src/calls.ts'

test('a call has its phases and those of what ran within it; what servers did is left out', async () => {
  using clock = useFakeClock()
  using captured = captureEvents()
  const wait = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => void clock.after(milliseconds, resolve))
  const call = operation(
    { protocol: 'http', operation: 'GET', target: '/x', kind: 'exchange' },
    undefined,
    async (op) => {
      const dial = { protocol: 'tcp', operation: 'dial', kind: 'command', parent: op.id } as const
      await operation(dial, undefined, (within) => within.phase('connect', () => wait(25)))
      await op.phase('command', () => wait(75))
    },
  )
  const server = { protocol: 'tcp', operation: 'accept', kind: 'session' } as const
  await operation(server, undefined, async () => {})
  await operation({ ...server, operation: 'dial' }, undefined, async () => {})
  await clock.advance(100)
  await call
  const [start] = captured.of('operation')
  const from = start?.time ?? 0
  expect(callsOf(captured.events)).toEqual([
    {
      protocol: 'http',
      operation: 'GET',
      target: '/x',
      outcome: 'ok',
      start: from,
      duration: 100,
      phases: [
        { phase: 'command', start: from + 25, duration: 75 },
        { phase: 'connect', start: from, duration: 25 },
      ],
    },
  ])
})

test('where nothing but a connection was asked for, that is the call', async () => {
  using captured = captureEvents()
  const dial = { protocol: 'tcp', operation: 'dial', kind: 'command' } as const
  const failed = operation(dial, undefined, () => Promise.reject(new Error('no')))
  await expect(failed).rejects.toThrow('no')
  expect(callsOf(captured.events)).toMatchObject([{ operation: 'dial', outcome: 'failed' }])
})
