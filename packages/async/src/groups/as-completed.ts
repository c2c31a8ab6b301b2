/*
 * Several jobs at once, and what became of each as soon as it has ended.
 */

import { netError } from '@net/core/authoring'

import { discard } from '../tasks/discard.ts'
import { blockDoor } from '../doors.ts'
import type { Results } from './gather.ts'
import type { BlockOptions, Job } from '../tasks/job.ts'
import { checkJobs, nameOf, settled } from './job-list.ts'
import { TaskStream, type StreamingGroup } from './task-stream.ts'
import { RunningGroup } from './running-group.ts'

/** How one job ended: its place in the list, and its result or error. */
export type Completed<T> = PromiseSettledResult<T> & { readonly index: number }

/**
 * What `asCompleted` gives: `for await` waits for each job and, when it is left, for the rest. A plain `for` has one
 * promise per job, of the first to end, the second and so on; leaving it cancels the rest, but cannot wait: hold it
 * with `await using` then.
 */
export interface Completions<T>
  extends AsyncIterableIterator<Completed<T>>, Iterable<Promise<Completed<T>>>, AsyncDisposable {}

/**
 * Runs the jobs at once and gives the result or error of each in the order in which they end; they begin when the
 * reading does. No failure touches another job. The reading rejects only when `signal` or `timeout` end it, or with
 * `NET_TASK_LEAKED`. Leaving it cancels the jobs that run and waits for them; results that were not read are disposed.
 */
export function asCompleted<const J extends readonly Job<unknown>[]>(
  jobs: J,
  options?: BlockOptions,
): Completions<Results<J>[number]> {
  return new CompletedJobs(jobs as readonly Job<Results<J>[number]>[], options)
}

class CompletedJobs<T> extends TaskStream<Completed<T>> implements Completions<T> {
  readonly #count: number

  constructor(jobs: readonly Job<T>[], options: BlockOptions | undefined) {
    super(() => this.#running(jobs, options), Infinity)
    this.#count = jobs.length
  }

  *[Symbol.iterator](): Generator<Promise<Completed<T>>, undefined> {
    let left = this.#count
    try {
      for (; left > 0; left--) {
        const one = this.#one()
        // It may be left behind unread.
        one.catch(() => {})
        yield one
      }
    } finally {
      // Leaving early only cancels them; their failures are reported when the loop disposes them.
      if (left > 0) this.cancel()
    }
  }

  protected override async drop(one: Completed<T>): Promise<void> {
    if (one.status === 'fulfilled') await discard(one.value)
  }

  async #one(): Promise<Completed<T>> {
    const next = await this.next()
    if (next.done !== true) return next.value
    throw netError('NET_CLOSED', { message: 'the jobs were cancelled, because the loop has ended' })
  }

  #running(jobs: readonly Job<T>[], options: BlockOptions | undefined): StreamingGroup {
    checkJobs(jobs)
    const group = new RunningGroup(completedDoor(options))
    const run = async (): Promise<void> =>
      group.run(async () => {
        for (const [index, job] of jobs.entries()) {
          group.spawn(nameOf(job, index), async (context) => {
            void this.put({ index, ...(await settled(job, context, group)) })
          })
        }
      })
    return { group, run }
  }
}

const completedDoor = blockDoor('asCompleted')
