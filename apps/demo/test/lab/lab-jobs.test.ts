import { openQueue } from '@net/queue'
import { expect, test } from 'vitest'

import { labJobs } from '../../src/lab/lab-jobs.ts'

test('jobs are shown as they stand, one whole on demand, and can be put back or removed', async () => {
  await using queue = openQueue<{ to: string }>('lab-jobs')
  const jobs = labJobs(queue)
  let isBroken = true
  queue.process(async ({ payload }) => {
    if (isBroken && payload.to === 'bob') throw new Error('no such user')
  })
  await queue.add({ to: 'ann' }, { id: '1' })
  await queue.add({ to: 'bob' }, { id: '2', attempts: 1 })
  await Promise.all([queue.ended('1'), queue.ended('2')])
  await expect.poll(() => jobs.counts()).toMatchObject({ done: 1, failed: 1 })
  expect(await jobs.list()).toMatchObject([
    { id: '2', state: 'failed', attempt: 1, error: expect.stringContaining('no such user') },
    { id: '1', state: 'done', error: undefined },
  ])
  expect(await jobs.read('2')).toContain('"to": "bob"')
  expect(await jobs.read('3')).toBeUndefined()
  const act = (name: string, id: string): Promise<string> | undefined => jobs.actions[name]?.(id)
  expect(await act('put back', '1')).toBe('1 has not failed')
  isBroken = false
  expect(await act('put back', '2')).toBe('2 is put back')
  await expect.poll(() => jobs.counts()).toMatchObject({ done: 2, failed: 0 })
  expect(await act('remove', '2')).toBe('2 is removed')
  expect(await act('remove', '2')).toBe('2 is gone')
  await expect.poll(() => jobs.list()).toHaveLength(1)
})
