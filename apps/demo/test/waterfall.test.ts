import { operation } from '@net/core/authoring'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { barsOf, drawWaterfall } from '../src/waterfall.ts'

test('draws an operation with its phases and the operations within it', async () => {
  using clock = useFakeClock()
  using captured = captureEvents()
  const wait = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => void clock.after(milliseconds, resolve))
  const call = operation(
    { protocol: 'http', operation: 'GET', target: '/x', kind: 'exchange' },
    undefined,
    async (op) => {
      await operation(
        { protocol: 'tcp', operation: 'dial', kind: 'command', parent: op.id },
        undefined,
        (dial) => dial.phase('connect', () => wait(25)),
      )
      await op.phase('command', () => wait(75))
    },
  )
  await clock.advance(100)
  await call
  const [start] = captured.of('operation')
  expect(drawWaterfall(barsOf(captured.events, start?.id ?? 0), 8)).toEqual([
    'http GET /x │████████│  100.0 ms',
    '  tcp dial  │██      │   25.0 ms',
    '    connect │██      │   25.0 ms',
    '  command   │  ██████│   75.0 ms',
  ])
})

test('a phase that seems to begin before its operation, as whole milliseconds say, begins with it', async () => {
  using captured = captureEvents()
  const call = { protocol: 'http', operation: 'GET', target: '/x', kind: 'exchange' } as const
  await operation(call, undefined, (op) => op.phase('command', async () => {}))
  const events = captured.events.map((event) =>
    event.type === 'phase' && event.state === 'end' ? { ...event, duration: 60_000 } : event,
  )
  const bars = barsOf(events, events[0]?.id ?? 0)
  expect(bars.find(({ label }) => label === 'command')?.start).toBe(0)
  expect(drawWaterfall(bars, 8)).toHaveLength(2)
})

test('an operation without events has no bars', () => {
  expect(barsOf([], 1)).toEqual([])
})
