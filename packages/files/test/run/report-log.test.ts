import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import type { PlanStep } from '../../src/plan/plan-step.ts'
import { ReportLog } from '../../src/run/report-log.ts'
import { fileOf } from '../plan/planning.ts'

const step = (
  path: string,
  action: PlanStep['action'],
  why: PlanStep['why'] = 'missing',
): PlanStep => ({
  path,
  to: path,
  type: 'file',
  action,
  why,
  source: fileOf(path, { size: 3 }).entry,
})

test('every entry is told, and what is the same is only counted', () => {
  const told: string[] = []
  const log = new ReportLog({
    dryRun: false,
    onEntry: ({ path }) => void told.push(path),
    target: 'in',
  })
  log.settled(step('a', 'make'), { transferred: 3 })
  log.settled(step('b', 'keep', 'same'))
  log.settled({ ...step('c', 'keep', 'same'), certain: false, to: 'C' })
  log.same(3)
  const report = log.end()
  expect(told).toEqual(['a', 'b', 'c'])
  expect(report).toMatchObject({ target: 'in', made: 1, kept: 5, transferred: 3, failed: 0 })
  expect(report.entries).toBe(report.entries)
  expect(JSON.parse(JSON.stringify(report))).toMatchObject({
    entries: [{ path: 'a' }, { path: 'c' }],
  })
  expect(report.entries).toEqual([
    { path: 'a', type: 'file', action: 'make', why: 'missing', size: 3, transferred: 3 },
    { path: 'c', to: 'C', type: 'file', action: 'keep', why: 'same', size: 3, certain: false },
  ])
})

test('one that failed makes the whole a partial one, with its report', () => {
  const log = new ReportLog({ dryRun: false, onEntry: undefined, target: '' })
  const error = netError('NET_ACCESS_DENIED', { message: 'denied' })
  log.settled(step('a', 'make'), { error })
  log.settled(step('b', 'make'))
  expect(() => log.end()).toThrow(
    expect.objectContaining({
      code: 'NET_PARTIAL_TRANSFER',
      message: expect.stringContaining('1 of 2 entries failed') as string,
      errors: [error],
      partial: expect.objectContaining({ made: 1, failed: 1 }) as object,
    }),
  )
})
