import { captureEvents, useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { WorkerStanding } from '../../src/work/worker-standing.ts'

test('a worker is away once, whatever else it is told, and back once', async () => {
  using clock = useFakeClock()
  using events = captureEvents()
  const standing = new WorkerStanding('q', { id: 1 })
  const began = standing.since
  standing.back()
  expect([standing.state, standing.since]).toEqual(['working', began])
  await clock.advance(100)
  standing.away('its store is away')
  standing.away('its store is still away')
  expect([standing.state, standing.since]).toEqual(['reconnecting', began + 100])
  await clock.advance(50)
  standing.back()
  standing.back()
  expect([standing.state, standing.since]).toEqual(['working', began + 150])
  const told = events.of('operation').filter(({ state }) => state === 'warning')
  expect(told.map(({ message }) => message)).toEqual([
    'the worker takes no jobs: its store is away',
    'the worker works again, after 50 ms',
  ])
})

test('a store that answers in time is not away, and one that is ready is not waited for', async () => {
  using clock = useFakeClock()
  const standing = new WorkerStanding('q', { id: 1 })
  await standing.answer(undefined)
  const ready = Promise.withResolvers<void>()
  const answered = standing.answer(() => ready.promise)
  await clock.advance(4999)
  ready.resolve()
  await answered
  await clock.advance(10_000)
  expect(standing.state).toBe('working')
})

test('a worker that closes while its store is silent is not away', async () => {
  using clock = useFakeClock()
  const standing = new WorkerStanding('q', { id: 1 })
  void standing.answer(() => new Promise(() => {}))
  standing.become('closing')
  await clock.advance(10_000)
  expect(standing.state).toBe('closing')
})
