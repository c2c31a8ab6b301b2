import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withKills } from './queue-kills.ts'
import { testFolder } from './test-folder.ts'

test('workers of two processes on one file do every job, however often one of them is killed', async () => {
  const folder = testFolder()
  const report = await withKills({
    url: `file:${join(folder, 'jobs.db')}`,
    notes: join(folder, 'notes'),
    jobs: 400,
    workers: 2,
    concurrency: 5,
    killEvery: 400,
    kills: 3,
  })
  expect(report).toMatchObject({ done: 400, left: 0, failed: 0 })
  expect(report.repeats).toBeLessThanOrEqual(report.kills * 5)
})
