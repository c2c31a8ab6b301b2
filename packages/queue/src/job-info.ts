/* A kept job, as programs see it. */

import type { JobInfo } from './job.ts'
import { errorOf } from './stored-error.ts'
import type { StoredJob } from './store.ts'

/** What a store has of a job, with its texts read. */
export function infoOf<P>(job: StoredJob): JobInfo<P> {
  const { id, state, payload, priority, attempts, starts, added } = job
  return {
    id,
    state,
    payload: JSON.parse(payload) as P,
    attempt: starts,
    attempts,
    priority,
    added,
    ...known(job, ['group', 'traceparent', 'due', 'deadline', 'started', 'finished', 'mark']),
    ...(job.progress === undefined
      ? {}
      : { progress: JSON.parse(job.progress) as NonNullable<JobInfo<P>['progress']> }),
    ...(job.result === undefined ? {} : { result: JSON.parse(job.result) as unknown }),
    ...(job.error === undefined ? {} : { error: errorOf(job.error) }),
  }
}

function known<K extends keyof StoredJob>(
  job: StoredJob,
  names: readonly K[],
): { [N in K]?: Exclude<StoredJob[N], undefined> } {
  const entries = names.map((name) => [name, job[name]]).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [N in K]?: Exclude<StoredJob[N], undefined> }
}
