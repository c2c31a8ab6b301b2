import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { MemoryStore } from '../../src/memory/memory-store.ts'
import { queuePlan } from '../../src/queue-options.ts'
import type { ClaimRequest, NewJob } from '../../src/store.ts'

const request: ClaimRequest = { holder: 'w', max: 10, idle: true, single: true, lease: 1000 }

function job(id: string, more: Partial<NewJob> = {}): NewJob {
  return { id, payload: '1', priority: 0, attempts: 3, delay: 0, ...more }
}

function store(): MemoryStore {
  return new MemoryStore(queuePlan(undefined).keep, () => {})
}

test('a token is good for one start, and no longer than its lease', async () => {
  using clock = useFakeClock()
  const jobs = store()
  await jobs.add([job('a')])
  const [first] = (await jobs.claim(request)).jobs
  expect(await jobs.renew([first!], 1000)).toEqual([])
  await clock.advance(1000)
  expect(await jobs.renew([first!], 1000)).toEqual(['a'])
  expect(await jobs.mark(first!, 'sent')).toBe(false)
  expect(await jobs.settle([{ ...first!, to: 'done' }])).toEqual([false])
  const [second] = (await jobs.claim(request)).jobs
  expect(await jobs.settle([{ ...first!, to: 'done' }])).toEqual([false])
  expect(second).toMatchObject({ id: 'a', starts: 2, spent: 2, alone: true })
  expect(await jobs.settle([{ ...second!, to: 'done' }])).toEqual([true])
  expect(await jobs.progress(second!, '{}')).toBe(false)
})

test('a claim says when to come again', async () => {
  using clock = useFakeClock()
  const jobs = store()
  expect((await jobs.claim(request)).wait).toBe(Infinity)
  await jobs.add([job('a', { delay: 700 }), job('b')])
  expect((await jobs.claim(request)).wait).toBe(700)
  await clock.advance(600)
  expect((await jobs.claim(request)).wait).toBe(100)
  const rate = { limit: 1, interval: 5000 }
  await clock.advance(100)
  expect(await jobs.claim({ ...request, rate })).toMatchObject({ wait: 300 })
})

test('a worker that is busy is told of a job that must run alone', async () => {
  using clock = useFakeClock()
  const jobs = store()
  await jobs.add([job('a'), job('b')])
  await jobs.claim({ ...request, single: false })
  await clock.advance(1000)
  await jobs.add([job('c')])
  expect(await jobs.claim({ ...request, idle: false })).toMatchObject({ jobs: [], quiet: true })
  const [alone, ...more] = (await jobs.claim(request)).jobs
  expect([alone?.alone, more]).toEqual([true, []])
  const others = await jobs.claim({ ...request, holder: 'v' })
  expect(others.jobs.map(({ id }) => id)).toEqual(['c'])
})

test('a lease that was made shorter is over at its new end, and who waits for work is told', async () => {
  using clock = useFakeClock()
  const jobs = store()
  await jobs.add([job('a')])
  const [first] = (await jobs.claim(request)).jobs
  let told = 0
  jobs.onWork(() => told++)
  expect(await jobs.renew([first!], 5000)).toEqual([])
  expect(told).toBe(0)
  expect(await jobs.renew([first!], 200)).toEqual([])
  expect(told).toBe(1)
  expect((await jobs.claim(request)).wait).toBe(200)
  await clock.advance(200)
  expect((await jobs.claim(request)).jobs).toMatchObject([{ id: 'a', starts: 2 }])
})

test('a claim ends at most 1,000 jobs that were not started in time, and is to come again at once', async () => {
  using clock = useFakeClock()
  const jobs = store()
  await jobs.add(Array.from({ length: 1500 }, (_, n) => job(`late ${n}`, { deadline: 10 })))
  await jobs.add([job('in time')])
  await clock.advance(10)
  expect(await jobs.claim(request)).toEqual({ jobs: [], wait: 0, quiet: false })
  expect(await jobs.counts()).toMatchObject({ failed: 1000, waiting: 501 })
  expect((await jobs.claim(request)).jobs).toMatchObject([{ id: 'in time' }])
})
