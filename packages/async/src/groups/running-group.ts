/*
 * The state of one task group: which tasks run, what failed, whether it is cancelled. The block itself is one of its
 * tasks. Limits and the caller's signal are its scope's.
 */

import { isNetError, type NetError } from '@net/core'
import {
  addContext,
  clock,
  groupError,
  LinkedList,
  netError,
  own,
  traceWhereLost,
  type Timer,
} from '@net/core/authoring'

import {
  cancellationOf,
  CancelScope,
  markCaught,
  type CancelScopeOptions,
} from '../tasks/cancel-scope.ts'
import { asError } from '../tasks/cancellation.ts'
import { discard } from '../tasks/discard.ts'
import { listGroup, unlistGroup, type VisibleGroup } from '../inspection/live-groups.ts'
import { currentTask } from '../inspection/task-events.ts'
import type { BlockOptions, Job, WaitOptions } from '../tasks/job.ts'
import { jobOf, lengthOf } from '../option-checks.ts'
import { start, type Started, type StartHost, type StartJob } from '../tasks/start.ts'
import { RunningTask, type Child, type Task } from '../tasks/task.ts'

/** Options of a group that may have an absolute limit, too. */
export interface GroupOptions extends BlockOptions {
  readonly deadline?: number | undefined
}

/** One group while it runs; its public face is `TaskGroup`. */
export class RunningGroup implements StartHost, VisibleGroup {
  readonly scope: CancelScope
  readonly outer: AbortSignal | undefined
  readonly #grace: number
  readonly #live = new LinkedList<Child>()
  readonly #over = Promise.withResolvers<void>()
  // Made when they are needed: most groups end well and by themselves.
  #failures: Set<unknown> | undefined
  #graces: Map<Child | undefined, Timer> | undefined
  #block: Child | undefined
  #leak: NetError | undefined
  #failing = false
  #quiet = false
  #closed = false

  /** Throws `NET_BAD_OPTION`. */
  constructor(options: GroupOptions | undefined) {
    this.#grace = lengthOf('grace', own(options, 'grace') ?? GRACE)
    this.scope = new CancelScope(options && scopeOf(options))
    this.outer = own(options, 'signal')
  }

  get since(): number {
    return this.scope.started
  }

  get signal(): AbortSignal {
    return this.scope.signal
  }

  get block(): Child | undefined {
    return this.#block
  }

  get tasks(): Iterable<Child> {
    return this.#live
  }

  get ending(): boolean {
    return this.scope.cancelled
  }

  /** Runs the block, and settles when it and every other task have ended. */
  async run<T>(block: Job<T>): Promise<T> {
    const { scope } = this
    if (scope.cancelled) throw cancellationOf(scope)
    const main = new RunningTask<T>('block', this)
    this.#block = main
    scope.onCancel((reason) => this.#stop(reason))
    listGroup(this, currentTask()?.id)
    this.adopt(main, block)
    await this.#over.promise
    this.#closed = true
    unlistGroup(this)
    for (const timer of this.#graces?.values() ?? []) timer.clear()
    // It lets go at once.
    void scope[Symbol.asyncDispose]()
    const failure = this.#verdict()
    if (failure !== undefined) {
      if (main.state === 'done') await discard(main.value)
      if (isNetError(failure.error)) traceWhereLost(failure.error)
      throw failure.error
    }
    // Only a cancelled block has no result; its caller declares in T whether that can happen.
    if (main.state === 'done') return main.value
    markCaught(scope)
    return undefined as T
  }

  /** Lets the group end without failure when its own scope is what ends it. */
  moveOn(): void {
    if (this.scope.cancelledBy !== 'outside' && !this.#failing) this.#quiet = true
  }

  spawn<T>(name: string, job: Job<T>): Task<T> {
    const task = new RunningTask<T>(name, this)
    this.adopt(task, jobOf('job', job))
    return task
  }

  start<V, T>(name: string, job: StartJob<V, T>, options?: WaitOptions): Promise<Started<V, T>> {
    return start(this, name, job, options)
  }

  cancel(reason?: unknown): void {
    if (this.scope.cancelled) return
    this.#quiet = true
    this.scope.cancel(reason)
  }

  adopt<T>(task: RunningTask<T>, job: Job<T>): void {
    if (this.#closed) {
      throw netError('NET_CLOSED', {
        message: `task "${task.name}" was spawned after its group had ended`,
      })
    }
    if (this.scope.cancelled) {
      task.refuse(this.scope.reason)
      return
    }
    // Before the job runs: its first steps may cancel the group, itself included.
    this.#live.add(task)
    task.begin(job)
  }

  cancelled(task: Child): void {
    this.#arm(task)
  }

  ended(task: Child, error?: unknown): void {
    // A nested block that was cancelled reports here what failed while it ended.
    if (isNetError(error) && error.errors !== undefined) {
      for (const failure of error.errors) this.#note(failure)
    }
    this.#remove(task)
  }

  failed(task: Child, error: unknown): void {
    this.#fail(task.name, error)
    this.#remove(task)
  }

  #note(failure: unknown): void {
    this.#failures ??= new Set()
    this.#failures.add(failure)
  }

  #fail(name: string, error: unknown): void {
    this.#note(error)
    if (this.scope.cancelled) return
    this.#failing = true
    this.scope.cancel(netError('NET_ABORTED', { message: `task "${name}" failed`, cause: error }))
  }

  #stop(reason: unknown): void {
    for (const task of this.#live) task.stop(reason)
    // Last, so that a group inside, whose grace begins now, too, is the first to name its leak.
    if (this.#live.size > 0) this.#arm(undefined)
  }

  #arm(task: Child | undefined): void {
    if (this.#grace === Infinity) return
    const expire = (): void => (task === undefined ? this.#abandonAll() : this.#abandon([task]))
    this.#after(this.#grace, task, expire)
  }

  #after(delay: number, task: Child | undefined, expire: () => void): void {
    this.#graces ??= new Map()
    this.#graces.set(task, clock().after(delay, expire))
  }

  #abandonAll(): void {
    const children = [...this.#live].filter((task) => task !== this.#block)
    this.#abandon(children.length > 0 ? children : [...this.#live])
    if (this.#live.size === 0) return
    // The block may only have waited for one of the others, and ends with it.
    this.#after(0, undefined, () => this.#abandonAll())
  }

  #abandon(late: readonly Child[]): void {
    const error = leaked(late, this.#grace, this.#ended())
    this.#leak ??= error
    for (const task of late) task.abandon(error)
    this.#fail(late[0]?.name ?? '', error)
    for (const task of late) this.#remove(task)
  }

  #remove(task: Child): void {
    this.#live.delete(task)
    this.#graces?.get(task)?.clear()
    if (this.#live.size === 0) this.#over.resolve()
  }

  /** The error of the caller or the limit that ended the group; undefined if neither did. */
  #ended(): NetError | undefined {
    if (!this.scope.cancelled || this.#failing || this.#quiet) return undefined
    return cancellationOf(this.scope)
  }

  #verdict(): { readonly error: unknown } | undefined {
    if (!this.scope.cancelled && this.#failures === undefined) return undefined
    const ended = this.#ended()
    const failures = [...(this.#failures ?? [])]
    if (ended !== undefined) {
      const error = this.#leak ?? ended
      const others = failures.filter((failure) => failure !== error).map(asError)
      return { error: others.length === 0 ? error : addContext(error, { errors: others }) }
    }
    if (failures.length > 1) return { error: groupError(failures.map(asError)) }
    return failures.length === 0 ? undefined : { error: failures[0] }
  }
}

function scopeOf(options: GroupOptions): CancelScopeOptions {
  return {
    signal: own(options, 'signal'),
    timeout: own(options, 'timeout'),
    deadline: own(options, 'deadline'),
  }
}

function leaked(tasks: readonly Child[], grace: number, cause: unknown): NetError {
  const named = tasks.slice(0, NAMED).map(({ name }) => `"${name}"`)
  const more = tasks.length > NAMED ? ` and ${tasks.length - NAMED} more` : ''
  return netError('NET_TASK_LEAKED', {
    message: `${named.join(', ')}${more} did not end within ${grace} ms after being cancelled`,
    limit: grace,
    cause,
  })
}

const GRACE = 10_000
const NAMED = 5
