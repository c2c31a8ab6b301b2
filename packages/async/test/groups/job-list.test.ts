import { expect, test } from 'vitest'

import { checkJobs, nameOf, settled, someJobs } from '../../src/groups/job-list.ts'

const job = async (): Promise<number> => 1

test('a list of jobs holds functions only, and for some verbs one at least', () => {
  expect(checkJobs([job])).toEqual([job])
  expect(() => checkJobs([job, Promise.resolve() as never])).toThrow('jobs[1]')
  expect(checkJobs([])).toEqual([])
  for (const none of [job, { a: job }, new Set([job]), undefined]) {
    expect(() => checkJobs(none as never)).toThrow('jobs must be a list of functions')
  }
  expect(() => someJobs([])).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
})

test('a task is called as its job, or by its place', () => {
  expect([nameOf(job, 3), nameOf(async () => 1, 3)]).toEqual(['job', 'job 3'])
})

test('an error is a value until the group is cancelled', async () => {
  const live = { signal: new AbortController().signal }
  const over = { signal: AbortSignal.abort() }
  const failure = new Error('x')
  const fails = async (): Promise<never> => Promise.reject(failure)
  expect(await settled(job, live, live)).toEqual({ status: 'fulfilled', value: 1 })
  expect(await settled(fails, live, live)).toEqual({ status: 'rejected', reason: failure })
  await expect(settled(fails, live, over)).rejects.toBe(failure)
})
