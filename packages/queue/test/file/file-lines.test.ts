import { expect, test } from 'vitest'

import { FileLines, rateWait, withStart } from '../../src/file/file-lines.ts'
import { at, job, openFile, request } from './open-file.ts'

test('a window of starts forgets what matters no longer', () => {
  const rate = { limit: 2, interval: 100 }
  let starts: readonly number[] = []
  for (const now of [0, 30, 100, 130]) starts = withStart(starts, rate, now)
  expect(starts).toEqual([30, 100, 130])
  expect([rateWait(starts, rate, 140), rateWait(starts, rate, 200)]).toEqual([60, 0])
})

test('a job goes to the line of what it is', () => {
  expect(FileLines.lineOf({ grp: null, suspect: 0 })).toBe(1)
  expect(FileLines.lineOf({ grp: 'g', suspect: 1 })).toBe(2)
  expect(FileLines.lineOf({ grp: 'g', suspect: 0 })).toBe(4)
})

test('a group is forgotten when nothing needs it, its rate included', () => {
  const { db, jobs } = openFile()
  const groups = (): unknown => db.prepare('SELECT count(*) AS n FROM groups').get()
  const perGroup = { rate: { limit: 2, interval: 500 } }
  at(jobs, 0, () => jobs.add([job('a', { group: 'g' })]))
  const [a] = at(jobs, 0, () => jobs.claim({ ...request, perGroup })).jobs
  at(jobs, 1, () => jobs.settle([{ ...a!, to: 'done' }]))
  expect(groups()).toEqual({ n: 1 })
  at(jobs, 500, () => jobs.claim({ ...request, perGroup }))
  expect(groups()).toEqual({ n: 0 })
})

test('a group that is only remembered holds up no job of its own, unless its rate does', () => {
  const { jobs } = openFile()
  const perGroup = { rate: { limit: 2, interval: 500 } }
  const claimed = (now: number): readonly string[] =>
    at(jobs, now, () => jobs.claim({ ...request, perGroup })).jobs.map(({ id }) => id)
  const ended = (now: number, id: string): unknown =>
    at(jobs, now, () => jobs.settle([{ id, token: 'w:1', to: 'done' }]))
  at(jobs, 0, () => jobs.add([job('a', { group: 'g' })]))
  expect(claimed(0)).toEqual(['a'])
  ended(1, 'a')
  at(jobs, 2, () => jobs.add([job('b', { group: 'g' })]))
  expect(claimed(3)).toEqual(['b'])
  ended(4, 'b')
  at(jobs, 5, () => jobs.add([job('c', { group: 'g' })]))
  // Two have started.
  expect([claimed(499), claimed(500)]).toEqual([[], ['c']])
})
