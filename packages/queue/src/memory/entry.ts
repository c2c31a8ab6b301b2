/* A job as memory keeps it. */

import type { Linked } from '@net/core/authoring'

import type { JobState } from '../job.ts'
import type { ClaimedJob, ClaimRequest, NewJob, Settlement, StoredJob } from '../store.ts'

/** In which line it stands. */
export type Line = 'ready' | 'behind' | 'suspect' | 'delayed' | 'none'

/** One job, a member of the list of those that run or of those that ended. `due`, `deadline` and the like are wall time, `leaseEnd` is monotonic. */
export interface Entry extends Linked<Entry> {
  readonly id: string
  readonly place: number
  readonly payload: string
  readonly priority: number
  readonly attempts: number
  readonly added: number
  readonly traceparent: string | undefined
  readonly deadline: number | undefined
  readonly group: string | undefined
  state: JobState
  line: Line
  starts: number
  spent: number
  due: number
  size: number
  token: string
  leaseEnd: number
  alone: boolean
  suspect: boolean
  started: number | undefined
  finished: number | undefined
  mark: string | undefined
  progress: string | undefined
  result: string | undefined
  error: string | undefined
}

/** A new one, in no line yet. */
export function entryOf(job: NewJob, place: number, date: number): Entry {
  return {
    id: job.id,
    place,
    payload: job.payload,
    priority: job.priority,
    attempts: job.attempts,
    added: date,
    traceparent: job.traceparent,
    deadline: job.deadline === undefined ? undefined : date + job.deadline,
    group: job.group,
    state: 'waiting',
    line: 'none',
    starts: 0,
    spent: 0,
    due: date + job.delay,
    size: bytesOf(job.payload),
    token: '',
    leaseEnd: 0,
    alone: false,
    suspect: false,
    started: undefined,
    finished: undefined,
    mark: undefined,
    progress: undefined,
    result: undefined,
    error: undefined,
    before: undefined,
    after: undefined,
    listed: false,
  }
}

/** Whether `a` starts before `b`. */
export function before(a: Entry, b: Entry): boolean {
  return a.priority === b.priority ? a.place < b.place : a.priority > b.priority
}

/** Makes it the worker's; `now` is monotonic. */
export function lease(entry: Entry, request: ClaimRequest, now: number, date: number): void {
  entry.starts++
  entry.spent++
  entry.state = 'active'
  entry.line = 'none'
  entry.token = `${request.holder}:${entry.starts}`
  entry.leaseEnd = now + request.lease
  entry.alone = entry.suspect || request.single
  entry.started = date
  entry.finished = undefined
  entry.mark = undefined
  entry.progress = undefined
}

/** What its worker gets. */
export function claimedOf(entry: Entry, date: number): ClaimedJob {
  const { id, token, payload, starts, spent, attempts, priority, group, added } = entry
  const { deadline, traceparent } = entry
  return {
    id,
    token,
    payload,
    starts,
    spent,
    attempts,
    priority,
    group,
    added,
    left: deadline === undefined ? undefined : deadline - date,
    traceparent,
    alone: entry.suspect,
  }
}

/** The texts that an attempt leaves. */
export type Texts = Pick<Settlement, 'result' | 'error'>

/** Gives it what an attempt left, and its new size. */
export function resize(entry: Entry, { result, error }: Texts): void {
  entry.size += bytesOf(result) + bytesOf(error) - bytesOf(entry.result) - bytesOf(entry.error)
  entry.result = result
  entry.error = error
}

function bytesOf(text: string | undefined): number {
  return text === undefined ? 0 : Buffer.byteLength(text)
}

/** What is told of it. */
export function jobOfEntry(entry: Entry): StoredJob {
  const { id, place, state, payload, priority, attempts, starts, added, due, deadline } = entry
  const { started, finished, group, traceparent, mark, progress, result, error } = entry
  return {
    id,
    place,
    state,
    payload,
    priority,
    attempts,
    starts,
    added,
    ...(state === 'delayed' ? { due } : {}),
    deadline,
    started,
    finished,
    group,
    traceparent,
    mark,
    progress,
    result,
    error,
  }
}
