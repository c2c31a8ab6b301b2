import { operation } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { openQueue } from '@net/queue'
import { expect, test } from 'vitest'

import { jobEnd, JobWait } from '../src/job-end.ts'
import { MemoryStore } from '../src/memory/memory-store.ts'
import { queuePlan } from '../src/queue-options.ts'

class Silent extends MemoryStore {
  override async onEvent(): Promise<() => void> {
    return () => {}
  }
}

test('an end whose event was lost is seen at the next look', async () => {
  using clock = useFakeClock()
  const store = new Silent(queuePlan(undefined).keep, () => {})
  await store.add([{ id: 'a', payload: '1', priority: 0, attempts: 1, delay: 0 }])
  const spec = { protocol: 'queue', operation: 'ended', kind: 'session' } as const
  const ended = operation(spec, undefined, (op) => jobEnd(store, 'a', op, new JobWait()))
  await clock.advance(1)
  const request = { holder: 'w', max: 1, idle: true, single: true, lease: 100_000 }
  const [job] = (await store.claim(request)).jobs
  await store.settle([{ ...job!, to: 'done' }])
  await clock.advance(30_000)
  expect(await ended).toMatchObject({ id: 'a', state: 'done' })
})

test('a wait ends with its queue, and looks a last time', async () => {
  using clock = useFakeClock()
  await using keeper = openQueue('waited-for')
  const queue = openQueue('waited-for')
  await keeper.add(1, { id: 'never' })
  await keeper.add(1, { id: 'last', priority: 1 })
  const never = queue.ended('never')
  const last = queue.ended('last')
  never.catch(() => {})
  const work = Promise.withResolvers<void>()
  const worker = queue.process(() => work.promise)
  await clock.until(() => worker.active > 0)
  const closing = queue.close()
  work.resolve()
  await closing
  await expect(never).rejects.toMatchObject({ code: 'NET_CLOSED', operation: 'ended' })
  expect(await last).toMatchObject({ state: 'done' })
})

test('a wait that is stopped leaves no timer behind', async () => {
  using clock = useFakeClock()
  await using queue = openQueue('given-up')
  await queue.add(1, { id: 'a' })
  const stop = new AbortController()
  const ended = queue.ended('a', { signal: stop.signal })
  await clock.until(() => clock.timers > 0)
  stop.abort()
  await expect(ended).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(clock.timers).toBe(0)
})
