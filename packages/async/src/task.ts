/*
 * One child of a task group: its state, its signal, its result. What its end means for the others is its host's
 * business.
 */

import { abortError, netError } from '@net/core/authoring'

import { isConsequence } from './consequence.ts'
import type { Job, JobContext } from './job.ts'

/** Whether a task runs, has returned, has thrown, or has ended because it was cancelled. */
export type TaskState = 'running' | 'done' | 'failed' | 'cancelled'

/** A child of a task group. It is no promise: wait for its `result`, or let the group wait for it. */
export interface Task<T> {
  readonly name: string
  readonly state: TaskState
  /**
   * What the task returns or throws. An error that nobody reads here is no unhandled rejection: the group has it.
   * Of a task that ignored its cancellation beyond the grace it is NET_TASK_LEAKED.
   */
  readonly result: Promise<T>
  /** Aborts the task's signal. Ending because of it is no failure; a task that has ended stays as it is. */
  cancel(reason?: unknown): void
}

/** Who is told about a task. */
export interface TaskHost {
  /** The task was cancelled by its handle, and runs. */
  cancelled(task: Child): void
  /** The task has ended well, or by its cancellation. */
  ended(task: Child, error?: unknown): void
  /** The task has failed. */
  failed(task: Child, error: unknown): void
}

/** What a host knows of a task, whatever its result. */
export interface Child {
  readonly name: string
  readonly state: TaskState
  /** Passes a cancellation on to the task. */
  stop(reason: unknown): void
  /** Gives the task up: its result is this error, its end is not waited for. */
  abandon(error: Error): void
}

/** The task that runs a job. It is the job's context, too. */
export class RunningTask<T> implements Task<T>, Child, JobContext {
  readonly name: string
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
      // The host has the error, whoever looks away here.
      this.#waiting.promise.catch(() => {})
      this.#deliver()
    }
    return this.#waiting.promise
  }

  /** Runs the job. */
  begin(job: Job<T>): this {
    invoke(job, this).then(
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
    this.#controller?.abort(reason)
  }

  abandon(error: Error): void {
    this.#abandoned = true
    this.#settle('failed', error)
  }

  #returned(value: T): void {
    if (this.#abandoned) return
    this.#settle('done', value)
    this.#host.ended(this)
  }

  #threw(error: unknown): void {
    const obeyed = this.#stopped && isConsequence(error, this.#reason)
    if (this.#abandoned) {
      if (!obeyed) reportLate(this.name, error)
      return
    }
    this.#settle(obeyed ? 'cancelled' : 'failed', error)
    if (obeyed) this.#host.ended(this, error)
    else this.#host.failed(this, error)
  }

  #settle(state: TaskState, outcome: unknown): void {
    this.#state = state
    this.#outcome = outcome
    if (this.#waiting !== undefined) this.#deliver()
  }

  #deliver(): void {
    if (this.#state === 'done') this.#waiting?.resolve(this.#outcome as T)
    else if (this.#state !== 'running') this.#waiting?.reject(this.#outcome)
  }
}

function invoke<T>(job: Job<T>, context: JobContext): Promise<T> {
  try {
    return Promise.resolve(job(context))
  } catch (error) {
    // As if it had been thrown inside an async function, whatever it is.
    return Promise.resolve().then(() => {
      throw error
    })
  }
}

function reportLate(name: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.emitWarning(`task "${name}" failed after its group had given it up: ${text}`, {
    code: 'NET_TASK_LEAKED',
  })
}
