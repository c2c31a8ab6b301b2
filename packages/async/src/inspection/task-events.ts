/*
 * Events of tasks, published on a channel of `node:diagnostics_channel` as all events are: without subscribers a
 * task costs one look at the channel. It knows of a task what it is called, and no more.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { channel, type Channel } from 'node:diagnostics_channel'

import { clock, guarded, nextId, redact } from '@net/core/authoring'

/** A task began, was cancelled, leaked, or ended. Events are frozen and free of held secrets. */
export interface TaskEvent {
  readonly version: 1
  readonly type: 'task'
  /** 'leak': it ignored its cancellation beyond the grace, and its group has ended without it. */
  readonly state: 'start' | 'cancel' | 'leak' | 'end'
  readonly id: number
  /** The task that spawned it; known while `trackTasks` is in force. */
  readonly parent?: number
  /** The name given to `spawn`; that of a block itself is `block`. */
  readonly name: string
  /** In milliseconds of the process's monotonic clock. */
  readonly time: number
  /** How it ended; `state` is 'end'. */
  readonly outcome?: 'done' | 'failed' | 'cancelled'
  /** Milliseconds since its start; `state` is 'leak' or 'end'. */
  readonly duration?: number
}

/** A function that receives the events of tasks. Errors that it throws are reported once, as a process warning. */
export type TaskEventListener = (event: TaskEvent) => void

/** The task that code runs in. */
export interface CurrentTask {
  readonly id: number
  readonly name: string
  /** When it began, in milliseconds of the process's monotonic clock. */
  readonly since: number
}

/** Listens to what happens to tasks, on the channel `net:task`. Dispose the result to stop. */
export function onTaskEvent(listener: TaskEventListener): Disposable {
  const safe = guarded('a task listener', listener)
  const subscriber = (event: unknown): void => safe(event as TaskEvent)
  taskChannel.subscribe(subscriber)
  return { [Symbol.dispose]: () => taskChannel.unsubscribe(subscriber) }
}

/**
 * From here on tasks know which task they were spawned in, where in the source and when, for `currentTask`, `dumpTasks`
 * and the events. It costs tens of microseconds a task, and is off by default. Dispose the result to stop.
 */
export function trackTasks(): Disposable {
  if (trackers === 0) taskChannel.bindStore(inside, (event) => event)
  trackers++
  let tracking = true
  return {
    [Symbol.dispose]: () => {
      if (!tracking) return
      tracking = false
      trackers--
      if (trackers === 0) taskChannel.unbindStore(inside)
    },
  }
}

/** The task that the calling code runs in; undefined outside of tasks, and in those begun while `trackTasks` was off. */
export function currentTask(): CurrentTask | undefined {
  const event = trackers === 0 ? undefined : inside.getStore()
  return event && { id: event.id, name: event.name, since: event.time }
}

/** The record of a task that began while there was a subscriber. */
export interface TaskRecord {
  readonly start: TaskEvent
  /** Its stack is where the task was spawned. */
  readonly spawned: Error | undefined
}

/** The record of the task; undefined if there was no subscriber when it began. */
export function taskRecordOf(task: object): TaskRecord | undefined {
  return records.get(task)
}

/** Publishes that the task begins, and begins it; called only if there is a subscriber. */
export function tellStart<T>(task: { readonly name: string }, begin: () => T): T {
  const parent = currentTask()?.id
  const start: TaskEvent = Object.freeze({
    ...head('start', nextId(), task.name),
    ...(parent === undefined ? {} : { parent }),
  })
  records.set(task, { start, spawned: trackers === 0 ? undefined : new Error('spawned') })
  return taskChannel.runStores(start, begin)
}

/** Publishes the end of a task that began while there was a subscriber. */
export function tellTask(
  task: object,
  state: 'cancel' | 'leak' | 'end',
  outcome?: 'done' | 'failed' | 'cancelled',
): void {
  const start = records.get(task)?.start
  if (start === undefined) return
  const event = head(state, start.id, start.name)
  taskChannel.publish(
    Object.freeze({
      ...event,
      ...(start.parent === undefined ? {} : { parent: start.parent }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(state === 'cancel' ? {} : { duration: event.time - start.time }),
    }),
  )
}

function head<S extends TaskEvent['state']>(
  state: S,
  id: number,
  name: string,
): TaskEvent & { readonly state: S } {
  return { version: 1, type: 'task', state, id, name: redact(name), time: clock().now() }
}

/** The channel itself, so that publishers can check for subscribers. */
export const taskChannel: Channel = channel('net:task')

const inside = new AsyncLocalStorage<TaskEvent>()
const records = new WeakMap<object, TaskRecord>()
let trackers = 0
