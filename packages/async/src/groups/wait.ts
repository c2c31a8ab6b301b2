/*
 * Waiting for some of the tasks of a group, without cancelling any: they stay children of their group, which waits
 * for those that are left.
 */

import { abortError, clock, onSignalAbort, option, type Timer } from '@net/core/authoring'

import { doorOf, waitTable } from '../doors.ts'
import type { Task } from '../tasks/task.ts'

/** What ends the wait: the first task that ends, the first that fails, or the end of all. */
export type WaitUntil = 'first' | 'first-error' | 'all'

/** Options of `wait`. */
export interface WaitForTasksOptions {
  /** What to wait for; default 'all'. All of them having ended is always enough. */
  readonly until?: WaitUntil | undefined
  /** Milliseconds after which the wait ends with the tasks that are done by then; not an error. Default none. */
  readonly timeout?: number | undefined
  /** Aborting it ends the wait with an AbortError. */
  readonly signal?: AbortSignal | undefined
}

/** The tasks that have ended, well or not, and those that run, both in the order given. */
export interface Waited<K extends Task<unknown>> {
  readonly done: ReadonlySet<K>
  readonly pending: ReadonlySet<K>
}

/**
 * Waits until one of the tasks has ended, has failed, or all have. Rejects only if `signal` aborts
 * (AbortError), or with `NET_BAD_OPTION`; how a task ended is in its `state` and `result`.
 */
export async function wait<K extends Task<unknown>>(
  tasks: Iterable<K>,
  options?: WaitForTasksOptions,
): Promise<Waited<K>> {
  const list = [...tasks]
  const { until = 'all', timeout = Infinity, signal } = waitDoor(options)
  if (signal?.aborted === true) throw abortError(signal.reason)
  if (!enough(list, until)) await ended(list, until, timeout, signal)
  return { done: setOf(list, true), pending: setOf(list, false) }
}

function ended(
  tasks: readonly Task<unknown>[],
  until: WaitUntil,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: Timer | undefined
    const settle = (then: () => void): void => {
      timer?.clear()
      forget?.()
      then()
    }
    const forget =
      signal && onSignalAbort(signal, (reason) => settle(() => reject(abortError(reason))))
    if (timeout !== Infinity) timer = clock().after(timeout, () => settle(resolve))
    const running = tasks.filter(({ state }) => state === 'running')
    let left = running.length
    for (const task of running) {
      const look = (): void => {
        if (--left === 0 || decides(task, until)) settle(resolve)
      }
      task.result.then(look, look)
    }
  })
}

function enough(tasks: readonly Task<unknown>[], until: WaitUntil): boolean {
  return (
    tasks.every(({ state }) => state !== 'running') || tasks.some((task) => decides(task, until))
  )
}

function decides({ state }: Task<unknown>, until: WaitUntil): boolean {
  if (until === 'all') return false
  return until === 'first' ? state !== 'running' : state === 'failed'
}

function setOf<K extends Task<unknown>>(tasks: readonly K[], done: boolean): ReadonlySet<K> {
  return new Set(tasks.filter(({ state }) => (state !== 'running') === done))
}

const waitDoor = doorOf<WaitForTasksOptions>('wait', {
  ...waitTable,
  until: option.oneOf('first', 'first-error', 'all'),
})
