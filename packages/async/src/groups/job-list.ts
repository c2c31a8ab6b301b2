/*
 * What the verbs that take several jobs have in common: the check of the list, a name for each, a result or an
 * error as a value.
 */

import { netError } from '@net/core/authoring'

import type { Job, JobContext } from '../tasks/job.ts'
import { jobOf } from '../option-checks.ts'

/** The jobs if each is a function. Throws `NET_BAD_OPTION`. */
export function checkJobs<J extends readonly Job<unknown>[]>(jobs: J): J {
  if (!Array.isArray(jobs)) {
    const message = 'jobs must be a list of functions, such as [async () => 1, async () => 2]'
    throw netError('NET_BAD_OPTION', { message })
  }
  for (const [index, job] of jobs.entries()) jobOf(`jobs[${index}]`, job)
  return jobs
}

/** The jobs if there is one at least. Throws `NET_BAD_OPTION`. */
export function someJobs<J extends readonly Job<unknown>[]>(jobs: J): J {
  if (checkJobs(jobs).length > 0) return jobs
  throw netError('NET_BAD_OPTION', { message: 'jobs must not be empty' })
}

/** What the task of the job is called: as its function, or by its place. */
export function nameOf(job: Job<unknown>, index: number): string {
  return job.name === '' ? `job ${index}` : job.name
}

/** Runs the job to its result or error as a value; once `group` is cancelled, its error is thrown. */
export async function settled<T>(
  job: Job<T>,
  context: JobContext,
  group: JobContext,
): Promise<PromiseSettledResult<T>> {
  try {
    return { status: 'fulfilled', value: await job(context) }
  } catch (reason) {
    // No caller gets the list of a group that was cancelled; the group rejects with the failure.
    if (group.signal.aborted) throw reason
    return { status: 'rejected', reason }
  }
}
