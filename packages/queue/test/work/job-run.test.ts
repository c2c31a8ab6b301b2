import { clientContext, clock, operation } from '@net/core/authoring'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { openQueue } from '@net/queue'
import { expect, test } from 'vitest'

import { MemoryStore } from '../../src/memory/memory-store.ts'
import { queuePlan } from '../../src/queue-options.ts'
import type { JobHandler } from '../../src/work/job-context.ts'
import { JobRun } from '../../src/work/job-run.ts'
import type { Ending } from '../../src/work/verdict.ts'

async function running(handler: JobHandler<number>, lease = 1000): Promise<JobRun<number>> {
  const store = new MemoryStore(queuePlan(undefined).keep, () => {})
  await store.add([{ id: 'a', payload: '7', priority: 0, attempts: 3, delay: 0, deadline: 5000 }])
  const request = { holder: 'w', max: 1, idle: true, single: true, lease }
  const [claimed] = (await store.claim(request)).jobs
  const payload = (text: string): number => Number(text)
  const client = clientContext({})
  const host = { queue: 'q', store, client, handler, deadlineGrace: 100, payload }
  return new JobRun(host, claimed!, clock().now() + lease)
}

function ended(run: JobRun<number>): Promise<Ending> {
  return new Promise((resolve) => run.run(resolve))
}

test('its own deadline aborts the signal, and a handler that goes on is given up', async () => {
  using clock = useFakeClock()
  const run = await running(() => new Promise(() => {}), 100_000)
  const ending = ended(run)
  await clock.advance(5000)
  expect([run.stopped, run.signal.aborted]).toEqual(['deadline', true])
  await clock.advance(100)
  expect(await ending).toEqual({ kind: 'abandoned' })
  run.ended(undefined)
  expect(clock.timers).toBe(0)
})

test('a lease that has ended is lost at the next look, whatever the timers do', async () => {
  using clock = useFakeClock()
  const go = Promise.withResolvers<void>()
  const run = await running(async (_, { mark }) => {
    await go.promise
    await mark('sent')
  })
  let told = 0
  run.whenLost(() => told++)
  const ending = ended(run)
  await clock.advance(999)
  expect(run.holds()).toBe(true)
  await clock.advance(1)
  go.resolve()
  expect(await ending).toMatchObject({ kind: 'threw', error: { code: 'NET_CLOSED' } })
  expect([run.stopped, run.marked, told]).toEqual(['lost', false, 1])
  run.ended(undefined)
})

test('progress is told as an event each time, and to the store at most 4 times a second', async () => {
  using events = captureEvents()
  using clock = useFakeClock()
  const run = await running(async (_, { progress }) => {
    for (let n = 1; n <= 3; n++) await progress(n, 10)
  })
  await ended(run)
  run.ended(undefined)
  await clock.advance(1)
  expect(events.of('progress').at(-1)).toMatchObject({
    transferred: 3,
    total: 10,
    operation: 'process',
  })
})

test('a signal that is asked after the lease has ended says so, before any timer has', async () => {
  using time = useFakeClock()
  const seen: boolean[] = []
  const run: JobRun<number> = await running((_, { signal }) => {
    seen.push(signal.aborted)
    run.renewed(time.now())
    seen.push(signal.aborted)
    signal.throwIfAborted()
  })
  const ending = await ended(run)
  expect(seen).toEqual([false, true])
  expect(ending).toMatchObject({ kind: 'threw', error: { code: 'NET_CLOSED' } })
})

test('the calls of a handler are parts of its job, and the job is one of what asked for it', async () => {
  using events = captureEvents()
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  await using queue = openQueue('parts')
  const spec = { protocol: 'test', operation: 'GET', kind: 'exchange' } as const
  queue.process(async (_, { signal }) => {
    await Promise.resolve()
    await operation(spec, { signal }, async () => {})
  })
  await queue.add(1, { id: 'a', traceparent })
  await queue.ended('a')
  const starts = events.of('operation').filter(({ state }) => state === 'start')
  const job = starts.find(({ operation: verb }) => verb === 'process')
  const call = starts.find(({ operation: verb }) => verb === 'GET')
  expect(job).toMatchObject({ target: 'parts/a', traceparent })
  expect(call?.parent).toBe(job?.id)
})
