/*
 * One child of a task group: its state, its signal, its result. What its end means for the others is its host's
 * business.
 */

import { abortError, netError, type Linked } from '@net/core/authoring'

import { isCancellation } from './cancellation.ts'
import { listLeak, unlistLeak, type VisibleTask } from '../inspection/live-groups.ts'
import { taskChannel, tellStart, tellTask } from '../inspection/task-events.ts'
import { discard } from './discard.ts'
import type { Job, JobContext } from './job.ts'
import { reportLate } from '../report-late.ts'

/** Whether a task runs, has returned, has thrown, or has ended because it was cancelled. */
export type TaskState = 'running' | 'done' | 'failed' | 'cancelled'

type EndState = Exclude<TaskState, 'running'>

/** A child of a task group. It is not a promise: wait for its `result`, or let the group wait for it. */
export interface Task<T> {
  readonly name: string
  readonly state: TaskState
  /**
   * What the task returns or throws. An error that is not read here is not an unhandled rejection: the group has it.
   * Of a task that ignored its cancellation beyond the grace it is NET_TASK_LEAKED.
   */
  readonly result: Promise<T>
  /** Aborts the task's signal. Ending because of it is not a failure; no effect on a task that has ended. */
  cancel(reason?: unknown): void
}

/** Receives the events of a task. */
export interface TaskHost {
  /** The task was cancelled by its handle, and runs. */
  cancelled(task: Child): void
  /** The task has ended well, or by its cancellation. */
  ended(task: Child, error?: unknown): void
  /** The task has failed. */
  failed(task: Child, error: unknown): void
}

/** A task as its host sees it, of any result type. */
export interface Child extends VisibleTask, Linked<Child> {
  readonly state: TaskState
  /** Passes a cancellation on to the task. */
  stop(reason: unknown): void
  /** Gives the task up: its result is this error, its end is not waited for. */
  abandon(error: Error): void
}

/** The task that runs a job. It is the job's context, too. */
export class RunningTask<T> implements Task<T>, Child, JobContext {
  readonly name: string
  before: Child | undefined = undefined
  after: Child | undefined = undefined
  listed = false
  readonly #host: TaskHost
  #state: TaskState = 'running'
  #abandoned = false
  #stopped = false
  #reason: unknown
  #controller: AbortController | undefined
  #outcome: unknown
  #waiting: PromiseWithResolvers<T> | undefined

  constructor(name: string, host: TaskHost) {
    this.name = name
    this.#host = host
  }

  get state(): TaskState {
    return this.#state
  }

  get stopped(): boolean {
    return this.#stopped
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#stopped) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  get result(): Promise<T> {
    // Made at the first look: most tasks are run for what they do.
    if (this.#waiting === undefined) {
      this.#waiting = Promise.withResolvers<T>()
      this.#deliver()
    }
    return this.#waiting.promise
  }

  /** What it returned; it must be 'done'. */
  get value(): T {
    return this.#outcome as T
  }

  /** Runs the job. */
  begin(job: Job<T>): this {
    const running = taskChannel.hasSubscribers
      ? tellStart(this, () => invoke(job, this))
      : invoke(job, this)
    running.then(
      (value) => this.#returned(value),
      (error: unknown) => this.#threw(error),
    )
    return this
  }

  /** Ends the task before its job has begun. */
  refuse(reason: unknown): this {
    this.#stopped = true
    this.#reason = reason
    this.#settle('cancelled', abortError(reason))
    return this
  }

  cancel(reason?: unknown): void {
    if (this.#state !== 'running' || this.#stopped) return
    this.stop(reason ?? netError('NET_ABORTED', { message: `task "${this.name}" was cancelled` }))
    this.#host.cancelled(this)
  }

  stop(reason: unknown): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#reason = reason
    if (taskChannel.hasSubscribers && this.#state === 'running') tellTask(this, 'cancel')
    this.#controller?.abort(reason)
  }

  abandon(error: Error): void {
    this.#abandoned = true
    listLeak(this)
    this.#settle('failed', error)
  }

  #returned(value: T): void {
    if (this.#abandoned) {
      this.#left('done')
      // Nobody gets it any more.
      void discard(value)
      return
    }
    this.#settle('done', value)
    this.#host.ended(this)
  }

  #threw(error: unknown): void {
    const obeyed = this.#stopped && isCancellation(error, this.#reason)
    if (this.#abandoned) {
      this.#left(obeyed ? 'cancelled' : 'failed')
      if (!obeyed) {
        const what = `task "${this.name}" failed after its group had given it up`
        reportLate(what, error, 'NET_TASK_LEAKED')
      }
      return
    }
    this.#settle(obeyed ? 'cancelled' : 'failed', error)
    if (obeyed) this.#host.ended(this, error)
    else this.#host.failed(this, error)
  }

  /** It ends after its group has stopped waiting for it. */
  #left(outcome: EndState): void {
    unlistLeak(this)
    if (taskChannel.hasSubscribers) tellTask(this, 'end', outcome)
  }

  #settle(state: EndState, outcome: unknown): void {
    this.#state = state
    this.#outcome = outcome
    if (taskChannel.hasSubscribers) {
      if (this.#abandoned) tellTask(this, 'leak')
      else tellTask(this, 'end', state)
    }
    this.#deliver()
  }

  #deliver(): void {
    const waiting = this.#waiting
    if (waiting === undefined || this.#state === 'running') return
    if (this.#state === 'done') {
      waiting.resolve(this.#outcome as T)
      return
    }
    // The host has the error, also if the caller ignores it here.
    waiting.promise.catch(() => {})
    waiting.reject(this.#outcome)
  }
}

function invoke<T>(job: Job<T>, context: JobContext): Promise<T> {
  try {
    return Promise.resolve(job(context))
  } catch (error) {
    // As if it had been thrown inside an async function.
    return Promise.resolve().then(() => {
      throw error
    })
  }
}
