import { operation } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { jobEnd } from '../src/job-end.ts'
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
  const ended = operation(spec, undefined, (op) => jobEnd(store, 'a', op))
  await clock.advance(1)
  const request = { holder: 'w', max: 1, idle: true, single: true, lease: 100_000 }
  const [job] = (await store.claim(request)).jobs
  await store.settle([{ ...job!, to: 'done' }])
  await clock.advance(30_000)
  expect(await ended).toMatchObject({ id: 'a', state: 'done' })
})
