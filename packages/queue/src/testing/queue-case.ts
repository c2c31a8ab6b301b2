/* What the cases of `checkQueue` work with. */

import assert from 'node:assert/strict'

import { isNetError } from '@net/core'
import { clock } from '@net/core/authoring'

import type { JobQueue } from '../job-queue.ts'
import type { JobInfo, JobState } from '../job.ts'
import type { QueueOptions } from '../queue-options.ts'
import type { JobHandler } from '../work/job-context.ts'

/** A place for jobs to check: empty, and used by nothing else. */
export interface QueueUnderTest extends AsyncDisposable {
  /** Another queue on the same jobs, as another process would open it. */
  readonly open: <P>(options?: QueueOptions<P>) => JobQueue<P>
  /**
   * What cases take for a short time, in milliseconds: 1,000 under a fake clock that jumps, and else what a busy machine can still
   * tell apart. Default 1,000.
   */
  readonly step?: number
}

/** What a case works with. */
export interface QueueCase {
  readonly open: <P = unknown>(options?: QueueOptions<P>) => JobQueue<P>
  readonly step: number
}

/** Cases by what they check. */
export type QueueCases = Readonly<Record<string, (made: QueueCase) => Promise<void>>>

/** One start of a job. */
export interface Start {
  readonly id: string
  readonly attempt: number
  /** On the clock of the process. */
  readonly at: number
}

/** A handler that notes what it is started with, and then does the work. */
export function noting<P>(starts: Start[], work: JobHandler<P> = () => {}): JobHandler<P> {
  return (job, context) => {
    starts.push({ id: job.id, attempt: job.attempt, at: clock().now() })
    return work(job, context)
  }
}

/** Waits until the condition holds, however long that takes on the clock; looks by callbacks, which a clock that jumps does not take for work. */
export function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (holds()) resolve()
      else if (performance.now() > end)
        reject(new assert.AssertionError({ message: `not: ${what}` }))
      else setTimeout(look, 1)
    }
    look()
  })
}

/** Waits until the job is in that state, and gives it. */
export async function inState<P>(
  queue: JobQueue<P>,
  id: string,
  state: JobState,
): Promise<JobInfo<P>> {
  const end = performance.now() + PATIENCE
  for (;;) {
    const job = await queue.get(id)
    if (job?.state === state) return job
    const isOver = ENDS.has(job?.state) || performance.now() > end
    if (isOver) assert.fail(`job ${id} is ${job?.state}, not ${state}`)
    await new Promise((resolve) => {
      setTimeout(resolve, 4)
    })
  }
}

/** Lets so many milliseconds of the clock pass. */
export function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock().after(milliseconds, resolve)
  })
}

/** That the promise rejects with this code; gives the error. */
export async function refused(call: Promise<unknown>, code: string): Promise<Error> {
  const error: unknown = await call.then(
    () => assert.fail(`not refused; ${code} was to be`),
    (thrown: unknown) => thrown,
  )
  assert.ok(isNetError(error), String(error))
  assert.equal(error.code, code, error.message)
  return error
}

/** Something to wait for that a case opens by hand. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

/** What rejects when the signal aborts, as every call of ours does. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason as Error)
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })
}

const PATIENCE = 20_000
/** What a job does not leave by itself. */
const ENDS: ReadonlySet<JobState | undefined> = new Set(['done', 'failed', 'unknown'])
