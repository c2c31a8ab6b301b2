/* Waiting for the end of one job, wherever it runs. */

import { netError, stoppable, type Operation } from '@net/core/authoring'

import type { JobStore, StoredJob } from './store.ts'
import { Bell } from './work/bell.ts'

/** The job, once it is done, failed or unknown. Rejects with `NET_NOT_FOUND` if the store does not have it, or not any more. */
export async function jobEnd(store: JobStore, id: string, op: Operation): Promise<StoredJob> {
  const bell = new Bell()
  const stop = await store.onEvent((event) => {
    if (event.id === id || event.type === 'missed') bell.ring()
  })
  try {
    for (;;) {
      const job = await store.get(id)
      if (job === undefined) {
        throw netError('NET_NOT_FOUND', { message: 'the queue does not have the job' })
      }
      if (job.state === 'done' || job.state === 'failed' || job.state === 'unknown') return job
      await stoppable(op, bell.wait(LONGEST_LOOK))
    }
  } finally {
    stop()
  }
}

/** Events may be lost on the way. */
const LONGEST_LOOK = 30_000
