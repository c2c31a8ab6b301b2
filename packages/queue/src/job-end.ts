/* Waiting for the end of one job, wherever it runs. */

import { closedError, netError, stoppable, type Operation } from '@net/core/authoring'

import type { JobStore, StoredJob } from './store.ts'
import { Bell } from './work/bell.ts'

/** One wait, which the queue can end. */
export class JobWait {
  readonly bell: Bell = new Bell()
  isOver = false

  /** The store is about to be closed: the wait looks a last time. */
  end(): void {
    this.isOver = true
    this.bell.ring()
  }
}

/**
 * The job, once it is done, failed or unknown. Rejects with `NET_NOT_FOUND` if the store does not have it, or not any more, and
 * with `NET_CLOSED` when the wait is ended.
 */
export async function jobEnd(
  store: JobStore,
  id: string,
  op: Operation,
  wait: JobWait,
): Promise<StoredJob> {
  const { bell } = wait
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
      if (wait.isOver) throw closedError()
      // The timer of a wait that is stopped would keep the process.
      await stoppable(op, bell.wait(LONGEST_LOOK), () => bell.ring())
    }
  } finally {
    stop()
  }
}

/** Events may be lost on the way. */
const LONGEST_LOOK = 30_000
