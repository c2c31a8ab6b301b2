import { expect, test } from 'vitest'

import { queuePlan } from '../../src/queue-options.ts'
import { at, job, openFile, request } from './open-file.ts'

test('a token is good for one start, and no longer than its lease', () => {
  const { jobs } = openFile()
  at(jobs, 0, () => jobs.add([job('a')]))
  const [first] = at(jobs, 0, () => jobs.claim(request)).jobs
  expect(at(jobs, 1, () => jobs.renew([first!], 1000))).toEqual([])
  expect(at(jobs, 1001, () => jobs.renew([first!], 1000))).toEqual(['a'])
  expect(at(jobs, 1001, () => jobs.mark(first!, 'sent'))).toBe(false)
  const [second] = at(jobs, 1001, () => jobs.claim(request)).jobs
  expect(at(jobs, 1002, () => jobs.settle([{ ...first!, to: 'done' }]))).toEqual([false])
  expect(second).toMatchObject({ id: 'a', token: 'w:2', starts: 2, spent: 2, alone: true })
  expect(at(jobs, 1002, () => jobs.settle([{ ...second!, to: 'done' }]))).toEqual([true])
})

test('what a job takes is its payload, and what its last attempt has left', () => {
  const { jobs } = openFile()
  const bytes = (): number => at(jobs, 10, () => jobs.counts()).bytes
  at(jobs, 0, () => jobs.add([job('a', { payload: '"12345"' })]))
  const claim = (moment: number) => at(jobs, moment, () => jobs.claim(request)).jobs[0]!
  const long = JSON.stringify({ message: 'x'.repeat(1000) })
  at(jobs, 1, () => jobs.settle([{ ...claim(1), to: 'waiting', error: long }]))
  expect(bytes()).toBe(7 + long.length)
  const short = JSON.stringify({ message: 'y' })
  at(jobs, 2, () => jobs.settle([{ ...claim(2), to: 'failed', error: short }]))
  expect(bytes()).toBe(7 + short.length)
  at(jobs, 3, () => jobs.retry('a'))
  const lost = claim(4)
  // Its worker is not known here any more, as where another process had claimed it.
  expect(at(jobs, 1004, () => jobs.renew([lost], 1000))).toEqual(['a'])
  at(jobs, 1005, () => jobs.settle([{ ...claim(1005), to: 'done', result: '"abc"' }]))
  expect(bytes()).toBe(7 + 5)
  expect(at(jobs, 1006, () => jobs.settle([{ ...lost, to: 'done' }]))).toEqual([false])
})

test('leases go by one clock and delays by the other', () => {
  const { jobs } = openFile()
  at(jobs, { now: 0, date: 5_000_000 }, () => jobs.add([job('a'), job('b', { delay: 1000 })]))
  const claim = (now: number, date: number): readonly string[] =>
    at(jobs, { now, date }, () => jobs.claim(request)).jobs.map(({ id }) => id)
  expect(claim(0, 5_000_000)).toEqual(['a'])
  // The wall clock was set back an hour, and then on a day.
  expect(claim(500, 1_400_000)).toEqual([])
  expect(claim(600, 91_400_000)).toEqual(['b'])
})

test('counts stay right whatever happens', () => {
  const { jobs } = openFile()
  at(jobs, 0, () =>
    jobs.add([job('a'), job('b', { delay: 5 }), job('c', { group: 'g' }), job('d')]),
  )
  const [a, c] = at(jobs, 0, () => jobs.claim({ ...request, max: 2 })).jobs
  at(jobs, 1, () => jobs.settle([{ ...a!, to: 'failed', error: '{"message":"x"}' }]))
  at(jobs, 1, () => jobs.settle([{ ...c!, to: 'waiting', delay: 100 }]))
  expect(at(jobs, 1, () => jobs.counts())).toMatchObject({
    waiting: 1,
    delayed: 2,
    failed: 1,
    bytes: 19,
  })
  expect(at(jobs, 5, () => jobs.counts())).toMatchObject({ waiting: 2, delayed: 1 })
  expect(at(jobs, 5, () => jobs.retry(undefined))).toBe(1)
  expect(at(jobs, 5, () => jobs.drain())).toBe(4)
  const none = { waiting: 0, delayed: 0, active: 0, done: 0, failed: 0, unknown: 0, bytes: 0 }
  expect(at(jobs, 5, () => jobs.counts())).toEqual({ ...none, paused: false })
})

test('a claim ends at most 1,000 jobs that were not started in time, and is to come again at once', () => {
  const { jobs } = openFile()
  const late = Array.from({ length: 1500 }, (_, n) => job(`late ${n}`, { deadline: 10 }))
  at(jobs, 0, () => jobs.add([...late, job('in time')]))
  const claim = () => at(jobs, 10, () => jobs.claim(request))
  expect(claim()).toEqual({ jobs: [], wait: 0, quiet: false })
  expect(at(jobs, 10, () => jobs.counts())).toMatchObject({ failed: 1000, waiting: 501 })
  expect(claim().jobs).toMatchObject([{ id: 'in time' }])
})

test('what is too much to be kept is forgotten 1,000 at a time', () => {
  const { jobs } = openFile()
  const late = Array.from({ length: 2500 }, (_, n) => job(`late ${n}`, { deadline: 1 }))
  at(jobs, 0, () => jobs.add(late))
  for (let part = 0; part < 3; part++) at(jobs, 1, () => jobs.claim(request))
  const { keep } = queuePlan({ keep: { failed: { count: 0 } } })
  jobs.follow({ keep, deadlineError: '{"message":"late"}', diedError: '', unknownError: '' })
  const left: number[] = []
  for (const id of ['a', 'b', 'c']) {
    at(jobs, 2, () => jobs.add([job(id, { deadline: 1 })]))
    at(jobs, 3, () => jobs.claim(request))
    left.push(at(jobs, 3, () => jobs.counts()).failed)
  }
  expect(left).toEqual([1501, 502, 0])
})
