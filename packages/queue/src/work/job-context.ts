/* What a handler works with. Types only. */

import type { Job } from '../job.ts'

/** What a handler gets beside its job. */
export interface JobContext {
  /**
   * Aborts at the deadline, when the worker is closed and its grace is over, and when the lease is lost: give it to every call.
   * Its reason is what such calls then reject with.
   */
  readonly signal: AbortSignal
  /** As `job.attempt`. */
  readonly attempt: number
  /**
   * Says, durably, that what follows must not be repeated blindly; wait for it. A job whose worker dies after a mark is not
   * started again but goes to `unknown`, and so does one that then fails with an error that does not say that nothing was done.
   * Rejects with `NET_CLOSED` if the job is not this worker's any more.
   */
  readonly mark: (name: string) => Promise<void>
  /** Tells how far it is: `onProgress: ({ transferred, total }) => void progress(transferred, total)`. At most 4 times a second reach the store. Rejects as `mark` does; need not be waited for. */
  readonly progress: (transferred: number, total?: number) => Promise<void>
}

/** The work of a queue: what it returns is the job's result, and the job is done. */
export type JobHandler<P> = (job: Job<P>, context: JobContext) => unknown
