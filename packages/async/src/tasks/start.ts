/*
 * Starting a task and waiting until it says that it is ready. Until then its failure belongs to who waits;
 * afterwards to the group, as that of any task.
 */

import { netError } from '@net/core/authoring'

import { cancellationOf, CancelScope } from './cancel-scope.ts'
import { doorOf, waitTable } from '../doors.ts'
import type { JobContext, WaitOptions } from './job.ts'
import { jobOf } from '../option-checks.ts'
import { RunningTask, type Child, type Task, type TaskHost } from './task.ts'

/** What a job run by `start` works with. */
export interface StartContext<V> extends JobContext {
  /** The job is ready to be used; `value` is what `start` resolves to. */
  readonly ready: (value: V) => void
}

/** A job that says when it is ready. */
export type StartJob<V, T> = (context: StartContext<V>) => PromiseLike<T>

/** A task that is ready, and what it said then. */
export interface Started<V, T> {
  readonly value: V
  readonly task: Task<T>
}

/** What a starting task needs of its group. */
export interface StartHost extends TaskHost {
  /** Whether the group is ending, so that no call may wait. */
  readonly ending: boolean
  /** Runs the job as a child of the group, unless the group is ending. */
  adopt<T>(task: RunningTask<T>, job: () => PromiseLike<T>): void
}

/** Runs the job in the group until it is ready. */
export function start<V, T>(
  group: StartHost,
  name: string,
  job: StartJob<V, T>,
  options: WaitOptions | undefined,
): Promise<Started<V, T>> {
  let scope: CancelScope | undefined
  try {
    jobOf('job', job)
    scope = new CancelScope(startDoor(options))
    if (scope.cancelled) throw cancellationOf(scope)
    return new Starting<V, T>(group, name, scope).run(job)
  } catch (error) {
    // In a group that has ended no task is there to let go of it.
    void scope?.[Symbol.asyncDispose]()
    return Promise.reject(error)
  }
}

class Starting<V, T> implements TaskHost {
  readonly #group: StartHost
  readonly #scope: CancelScope
  readonly #task: RunningTask<T>
  readonly #started = Promise.withResolvers<Started<V, T>>()
  #waiting = true
  #aside = false

  constructor(group: StartHost, name: string, scope: CancelScope) {
    this.#group = group
    this.#scope = scope
    this.#task = new RunningTask<T>(name, this)
  }

  run(job: StartJob<V, T>): Promise<Started<V, T>> {
    const task = this.#task
    const context: StartContext<V> = {
      get signal() {
        return task.signal
      },
      ready: (value) => {
        this.#settle()
        this.#started.resolve({ value, task })
      },
    }
    this.#group.adopt(task, () => job(context))
    this.#scope.onCancel((reason) => this.#waiting && task.cancel(reason))
    task.result.then(
      () => this.#reject(tooEarly(task.name)),
      (error: unknown) => this.#reject(this.#because(error)),
    )
    return this.#started.promise
  }

  cancelled(task: Child): void {
    this.#group.cancelled(task)
  }

  ended(task: Child, error?: unknown): void {
    this.#group.ended(task, error)
  }

  failed(task: Child, error: unknown): void {
    // In a group that ends, no call may wait.
    this.#aside = this.#waiting && !this.#group.ending
    if (this.#aside) this.#group.ended(task)
    else this.#group.failed(task, error)
  }

  #reject(error: unknown): void {
    this.#settle()
    // The group rejects with what ended it; a start without a waiting caller must not report it again.
    if (this.#group.ending && !this.#aside) this.#started.promise.catch(() => {})
    this.#started.reject(error)
  }

  #settle(): void {
    this.#waiting = false
    void this.#scope[Symbol.asyncDispose]()
  }

  #because(error: unknown): unknown {
    if (this.#task.state !== 'cancelled') return error
    return this.#scope.cancelled ? cancellationOf(this.#scope) : error
  }
}

function tooEarly(name: string): Error {
  return netError('NET_CLOSED', { message: `task "${name}" ended before it was ready` })
}

const startDoor = doorOf<WaitOptions>('group.start', waitTable)
