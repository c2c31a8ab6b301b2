import { expect, test } from 'vitest'

import { at, job, openFile, request } from './open-file.ts'

test('who died alone too often is parked, and told', () => {
  const { jobs, told } = openFile()
  at(jobs, 0, () => jobs.add([job('a', { attempts: 2 })]))
  for (const now of [0, 1000]) at(jobs, now, () => jobs.claim(request))
  expect(at(jobs, 2000, () => jobs.claim(request)).jobs).toEqual([])
  expect(at(jobs, 2000, () => jobs.get('a'))).toMatchObject({ state: 'failed', starts: 2 })
  expect(told.map(({ type }) => type)).toEqual(['added', 'started', 'stalled', 'started', 'failed'])
  expect(told.at(-1)?.reason).toContain('ended 2 times')
})

test('jobs that died together wait to run alone, one after another', () => {
  const { jobs } = openFile()
  at(jobs, 0, () => jobs.add([job('a'), job('b')]))
  at(jobs, 0, () => jobs.claim({ ...request, single: false }))
  const busy = at(jobs, 1000, () => jobs.claim({ ...request, idle: false }))
  expect(busy).toMatchObject({ jobs: [], quiet: true })
  const { jobs: alone } = at(jobs, 1000, () => jobs.claim(request))
  expect(alone.map(({ id, spent }) => [id, spent])).toEqual([['a', 1]])
  expect(at(jobs, 1000, () => jobs.claim({ ...request, holder: 'v' })).jobs).toEqual([])
  at(jobs, 1001, () => jobs.settle([{ ...alone[0]!, to: 'done' }]))
  expect(at(jobs, 1001, () => jobs.claim(request)).jobs.map(({ id }) => id)).toEqual(['b'])
})

test('a job that comes back unstarted has not started', () => {
  const { jobs, told } = openFile()
  at(jobs, 0, () => jobs.add([job('a', { attempts: 1 })]))
  const [claimed] = at(jobs, 0, () => jobs.claim(request)).jobs
  const back = { ...claimed!, to: 'waiting', refund: true, unstarted: true } as const
  expect(at(jobs, 1, () => jobs.settle([back]))).toEqual([true])
  expect(at(jobs, 1, () => jobs.get('a'))).toMatchObject({ state: 'waiting', starts: 0 })
  expect(told.at(-1)).toMatchObject({ type: 'returned', attempt: 0 })
  expect(at(jobs, 2, () => jobs.claim(request)).jobs).toMatchObject([{ starts: 1, spent: 1 }])
})

test('however many jobs died together, all are taken back', () => {
  const { jobs } = openFile()
  const ids = Array.from({ length: 250 }, (_, n) => String(n))
  at(jobs, 0, () => jobs.add(ids.map((id) => job(id))))
  at(jobs, 0, () => jobs.claim({ ...request, max: 250, single: false }))
  at(jobs, 1000, () => jobs.claim({ ...request, idle: false }))
  expect(at(jobs, 1000, () => jobs.counts())).toMatchObject({ waiting: 250, active: 0 })
})
