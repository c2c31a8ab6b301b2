/*
 * What all jobs of one queue in a file have in common: read when a transaction begins, written when it ends. Runs in the thread of
 * the file.
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { JobState } from '../job.ts'
import type { QueueEvent } from '../queue-event.ts'
import type { StoredJob } from '../store.ts'

/** The moment of a request: monotonic since the boot, and wall time. */
export interface Moment {
  readonly now: number
  readonly date: number
}

/** The row of a queue. */
export interface QueueRow {
  readonly n: number
  paused: number
  waiting: number
  delayed: number
  active: number
  done: number
  failed: number
  unknown: number
  bytes: number
  done_bytes: number
  failed_bytes: number
  unknown_bytes: number
  /** How many wait to run alone. */
  suspects: number
  /** The place of the job that runs alone. */
  alone: number | null
  /** What holds for each group, as JSON. */
  rule: string
  /** The latest starts, as JSON. */
  starts: string
  /** Until when somebody listens, in real time of the machine. */
  readonly heard: number
}

/** A job in the file. */
export interface JobRow {
  readonly place: number
  readonly id: string
  readonly payload: string
  readonly priority: number
  readonly attempts: number
  readonly added: number
  readonly due: number
  readonly deadline: number | null
  readonly grp: string | null
  readonly traceparent: string | null
  readonly state: string
  readonly line: number
  readonly starts: number
  readonly spent: number
  readonly token: string | null
  readonly lease_end: number | null
  readonly alone: number
  readonly suspect: number
  readonly started: number | null
  readonly finished: number | null
  readonly mark: string | null
  readonly progress: string | null
  readonly result: string | null
  readonly error: string | null
  readonly size: number
}

/** A job that may start now, without what an attempt leaves. */
export type ReadyJob = Pick<JobRow, (typeof READY)[number]>

/** A job as its worker got it: what is needed to end it, and no text of it. */
export interface HeldJob extends Pick<
  JobRow,
  'place' | 'id' | 'size' | 'grp' | 'starts' | 'token'
> {
  /** In bytes. */
  readonly payloadSize: number
}

/** What is kept of a job that a worker holds. */
export function heldOf(
  { place, id, size, error, grp }: Pick<JobRow, 'place' | 'id' | 'size' | 'error' | 'grp'>,
  { starts, token }: Pick<JobRow, 'starts' | 'token'>,
): HeldJob {
  // Its size is that of its payload and of the error of an earlier attempt.
  return { place, id, size, grp, starts, token, payloadSize: size - sizeOf(error) }
}

/** The columns of a job that is put back or removed: what it is, without its texts. */
export const PLACED = ['place', 'id', 'state', 'line', 'grp', 'suspect', 'starts', 'size'] as const

/** A job without its texts. */
export type PlacedJob = Pick<JobRow, (typeof PLACED)[number]>

/** The columns of a job that may start, in the order of `readyJob`. */
export const READY = [
  'place',
  'id',
  'payload',
  'priority',
  'attempts',
  'added',
  'deadline',
  'grp',
  'traceparent',
  'line',
  'starts',
  'spent',
  'suspect',
  'error',
  'size',
] as const

/** The values of these columns, as an object; SQLite's own objects are slow to make and to read. */
export function readyJob(values: readonly unknown[]): ReadyJob {
  const [place, id, payload, priority, attempts, added, deadline, grp, ...more] = values
  const [traceparent, line, starts, spent, suspect, error, size] = more
  const known = { place, id, payload, priority, attempts, added, deadline, grp }
  return { ...known, traceparent, line, starts, spent, suspect, error, size } as ReadyJob
}

/** The row of one queue, as statements. */
export class RowStatements {
  readonly #read: StatementSync
  readonly #write: StatementSync

  constructor(db: DatabaseSync, name: string) {
    db.prepare('INSERT INTO queues (name) VALUES (?) ON CONFLICT DO NOTHING').run(name)
    const { n } = db.prepare('SELECT n FROM queues WHERE name = ?').get(name) as unknown as QueueRow
    this.#read = db.prepare(`SELECT * FROM queues WHERE n = ${n}`)
    this.#write = db.prepare(
      `UPDATE queues SET paused = ?, waiting = ?, delayed = ?, active = ?, done = ?, failed = ?, unknown = ?, bytes = ?,
      done_bytes = ?, failed_bytes = ?, unknown_bytes = ?, suspects = ?, alone = ?, rule = ?, starts = ? WHERE n = ${n}`,
    )
  }

  read(): QueueRow {
    return this.#read.get() as unknown as QueueRow
  }

  write(row: QueueRow): void {
    this.#write.run(
      row.paused,
      row.waiting,
      row.delayed,
      row.active,
      row.done,
      row.failed,
      row.unknown,
      row.bytes,
      row.done_bytes,
      row.failed_bytes,
      row.unknown_bytes,
      row.suspects,
      row.alone,
      row.rule,
      row.starts,
    )
  }
}

/** What a job or its text takes. */
export function sizeOf(...texts: readonly (string | null | undefined)[]): number {
  let sum = 0
  for (const text of texts) if (text != null) sum += Buffer.byteLength(text)
  return sum
}

/** What events say of an error. */
export function why(error: string | undefined): Partial<QueueEvent> {
  if (error === undefined) return {}
  const { message } = JSON.parse(error) as { readonly message: string }
  return { reason: message }
}

/** What is told of a job. */
export function jobOfRow(job: JobRow): StoredJob {
  const { id, place, payload, priority, attempts, starts, added } = job
  return {
    id,
    place,
    state: job.state as JobState,
    payload,
    priority,
    attempts,
    starts,
    added,
    due: job.state === 'delayed' ? job.due : undefined,
    deadline: job.deadline ?? undefined,
    started: job.started ?? undefined,
    finished: job.finished ?? undefined,
    group: job.grp ?? undefined,
    traceparent: job.traceparent ?? undefined,
    mark: job.mark ?? undefined,
    progress: job.progress ?? undefined,
    result: job.result ?? undefined,
    error: job.error ?? undefined,
  }
}
