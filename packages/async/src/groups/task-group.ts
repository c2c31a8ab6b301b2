/*
 * Tasks that belong together: they begin in a block and end before it does. The first failure cancels the rest, no
 * error is lost, and a task that will not end is named instead of waited for.
 */

import { blockDoor } from '../doors.ts'
import type { BlockOptions, Job, WaitOptions } from '../tasks/job.ts'
import { jobOf } from '../option-checks.ts'
import { RunningGroup } from './running-group.ts'
import type { Started, StartJob } from '../tasks/start.ts'
import type { Task } from '../tasks/task.ts'

/** What the block of a task group works with. */
export interface TaskGroup {
  /** Aborts when the group is cancelled, or a task of it fails. */
  readonly signal: AbortSignal
  /**
   * Runs a job as a child of the group, at once; in a cancelled group the job does not begin and the task is
   * 'cancelled'. Throws `NET_CLOSED` after the group has ended.
   */
  spawn<T>(name: string, job: Job<T>): Task<T>
  /**
   * Runs a job as a child and waits until it calls `ready`; only the first call counts. A failure before that
   * rejects here and leaves the group alone; `NET_CLOSED` if the job ends without the call. `options` limit the
   * wait, not the task: when they end it, the task is cancelled.
   */
  start<V, T>(name: string, job: StartJob<V, T>, options?: WaitOptions): Promise<Started<V, T>>
  /** Cancels every task and the block itself; not a failure. Only the first cancellation counts. */
  cancel(reason?: unknown): void
}

/**
 * Runs the block and every task that it spawns, and settles when all of them have ended; resolves to what the
 * block returned. A block that `group.cancel` ended before it could return gives undefined.
 *
 * One failure rejects as itself, several as a GroupError (`NET_GROUP`). When `signal` or `timeout` end the group
 * it rejects with AbortError or NetTimeoutError (`NET_TIMEOUT_TOTAL`), whose `errors` are the failures on the way. Tasks
 * that outlive their cancellation by `grace` (default 10 s) make it reject with `NET_TASK_LEAKED`, which names them.
 */
export async function taskGroup<T>(
  block: (group: TaskGroup) => PromiseLike<T>,
  options?: BlockOptions,
): Promise<T> {
  jobOf('block', block)
  const group = new RunningGroup(groupDoor(options))
  return group.run(() => block(group))
}

const groupDoor = blockDoor('taskGroup')
