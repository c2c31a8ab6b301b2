/*
 * The lines of one queue in a file: for their time, in their group, to run alone, and the line of all that may start now. Of a group
 * only the first job stands in that line, and none while the group is at a limit. Runs in the thread of the file.
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { GroupRule, RateRule } from '../store.ts'
import {
  READY,
  readyJob,
  type JobRow,
  type Moment,
  type QueueRow,
  type ReadyJob,
} from './file-row.ts'
import { LINE } from './file-schema.ts'

/** Where the jobs of one queue wait. */
export class FileLines {
  readonly #setLine: StatementSync
  readonly #groupFirst: StatementSync
  readonly #groupReady: StatementSync
  readonly #readGroup: StatementSync
  readonly #writeGroup: StatementSync
  readonly #dropGroup: StatementSync
  readonly #held: StatementSync
  readonly #due: StatementSync
  readonly #next: StatementSync
  readonly #suspect: StatementSync

  constructor(db: DatabaseSync, n: number) {
    this.#setLine = db.prepare('UPDATE jobs SET line = ?, state = ? WHERE place = ?')
    const inGroup = `SELECT place FROM jobs WHERE queue = ${n} AND grp = ? AND grp IS NOT NULL AND line`
    this.#groupFirst = db.prepare(`${inGroup} IN (1, 4) ORDER BY priority DESC, place LIMIT 1`)
    this.#groupReady = db.prepare(`${inGroup} = 1 LIMIT 1`)
    this.#readGroup = db.prepare(
      `SELECT active, until, starts FROM groups WHERE queue = ${n} AND name = ?`,
    )
    this.#writeGroup = db.prepare(
      `INSERT INTO groups (queue, name, active, until, starts) VALUES (${n}, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET active = excluded.active, until = excluded.until, starts = excluded.starts`,
    )
    this.#dropGroup = db.prepare(`DELETE FROM groups WHERE queue = ${n} AND name = ?`)
    this.#held = db.prepare(
      `SELECT name, until FROM groups WHERE queue = ${n} AND until > 0 ORDER BY until LIMIT 1`,
    )
    this.#due = db.prepare(
      `SELECT * FROM jobs WHERE queue = ${n} AND line = 3 ORDER BY due LIMIT 1`,
    )
    const first = `SELECT ${READY.join()} FROM jobs WHERE queue = ${n} AND line IN (1, 2) AND line`
    const order = 'ORDER BY priority DESC, place LIMIT'
    this.#next = db.prepare(`${first} = 1 ${order} ?`)
    this.#suspect = db.prepare(`${first} = 2 ${order} 1`)
    this.#next.setReturnArrays(true)
    this.#suspect.setReturnArrays(true)
  }

  /** The first jobs that may start now. */
  next(limit: number): readonly ReadyJob[] {
    return (this.#next.all(limit) as unknown as unknown[][]).map(readyJob)
  }

  /** The first job that must run alone. */
  suspect(): ReadyJob | undefined {
    const values = this.#suspect.get() as unknown as unknown[] | undefined
    return values && readyJob(values)
  }

  /** The line that a job which may start goes to, by what it is; call `refresh` for its group when it is there. */
  static lineOf(job: { readonly grp: string | null; readonly suspect: number }): number {
    if (job.suspect === 1) return LINE.suspect
    return job.grp === null ? LINE.ready : LINE.behind
  }

  /** Puts a job where it may start. */
  enqueue(job: Pick<JobRow, 'place' | 'grp' | 'suspect'>, row: QueueRow, at: Moment): void {
    this.#setLine.run(FileLines.lineOf(job), 'waiting', job.place)
    row.waiting++
    if (job.suspect === 1) row.suspects++
    else if (job.grp !== null) this.refresh(job.grp, row, at)
  }

  /** A job has left its line, and is marked so. */
  left(job: Pick<JobRow, 'line' | 'grp'>, row: QueueRow, at: Moment): void {
    if (job.line === LINE.delayed) row.delayed--
    else row.waiting--
    if (job.line === LINE.suspect) row.suspects--
    else if (job.line !== LINE.delayed && job.grp !== null) this.refresh(job.grp, row, at)
  }

  /** Lets in what is due, and groups that are held no longer. */
  wake(row: QueueRow, at: Moment): void {
    for (;;) {
      const job = row.delayed === 0 ? undefined : (this.#due.get() as unknown as JobRow | undefined)
      if (job === undefined || job.due > at.date) break
      row.delayed--
      this.enqueue(job, row, at)
    }
    for (;;) {
      const held = this.#held.get() as unknown as { name: string; until: number } | undefined
      if (held === undefined || held.until > at.now) break
      const group = this.#group(held.name)
      group.until = 0
      this.#keep(held.name, group, row, at)
    }
  }

  /** Milliseconds until `wake` lets something in. */
  wait(row: QueueRow, at: Moment): number {
    const due = row.delayed === 0 ? undefined : (this.#due.get() as unknown as JobRow | undefined)
    const held = this.#held.get() as unknown as { until: number } | undefined
    return Math.min((due?.due ?? Infinity) - at.date, (held?.until ?? Infinity) - at.now)
  }

  started(name: string, row: QueueRow, at: Moment): void {
    const group = this.#group(name)
    group.active++
    const { rate } = JSON.parse(row.rule) as GroupRule
    if (rate !== undefined) {
      group.starts = withStart(group.starts, rate, at.now)
      group.until = Math.max(group.until, at.now + rateWait(group.starts, rate, at.now))
    }
    this.#keep(name, group, row, at)
  }

  ended(name: string, hold: number | undefined, row: QueueRow, at: Moment): void {
    const group = this.#group(name)
    group.active--
    if (hold !== undefined) group.until = Math.max(group.until, at.now + hold)
    this.#keep(name, group, row, at)
  }

  /** Sees to it that the first job of the group, and no other, stands in the line of all. */
  refresh(name: string, row: QueueRow, at: Moment): void {
    this.#front(name, this.#group(name), row, at)
  }

  #front(name: string, group: Group, row: QueueRow, at: Moment): boolean {
    const { concurrency = Infinity } = JSON.parse(row.rule) as GroupRule
    const first = this.#groupFirst.get(name) as unknown as Placed | undefined
    const ready = this.#groupReady.get(name) as unknown as Placed | undefined
    const isOpen = group.until <= at.now && group.active < concurrency
    const front = isOpen ? first?.place : undefined
    if (ready?.place !== front) {
      if (ready !== undefined) this.#setLine.run(LINE.behind, 'waiting', ready.place)
      if (front !== undefined) this.#setLine.run(LINE.ready, 'waiting', front)
    }
    return first !== undefined
  }

  #group(name: string): Group {
    const kept = this.#readGroup.get(name) as unknown as KeptGroup | undefined
    if (kept === undefined) return { active: 0, until: 0, starts: [] }
    const { active, until, starts } = kept
    const told = JSON.parse(starts) as number[] | Remembered
    return Array.isArray(told) ? { active, until, starts: told } : { active, ...told }
  }

  #keep(name: string, group: Group, row: QueueRow, at: Moment): void {
    const isNeeded = this.#front(name, group, row, at) || group.active > 0 || group.until > at.now
    const { rate } = JSON.parse(row.rule) as GroupRule
    const last = (group.starts.at(-1) ?? -Infinity) + (rate?.interval ?? 0)
    if (!isNeeded && last <= at.now) this.#dropGroup.run(name)
    else {
      const { active, starts, until } = group
      // One that is only remembered is looked at again when that has no more reason; that holds no job of its up.
      const [look, told] = isNeeded ? [until, starts] : [Math.max(until, last), { starts, until }]
      this.#writeGroup.run(name, active, look, JSON.stringify(told))
    }
  }
}

/** Milliseconds until another start is allowed. */
export function rateWait(starts: readonly number[], rate: RateRule, now: number): number {
  const first = starts.at(-rate.limit)
  return first === undefined ? 0 : Math.max(first + rate.interval - now, 0)
}

/** The starts with one more, and without those that matter no longer. */
export function withStart(starts: readonly number[], rate: RateRule, now: number): number[] {
  return [...starts.slice(-rate.limit), now]
}

interface Group {
  active: number
  until: number
  starts: number[]
}

interface KeptGroup {
  readonly active: number
  /** When to look at it. */
  readonly until: number
  /** A list, or what is remembered; JSON. */
  readonly starts: string
}

/** Of a group without jobs: its starts, and until when it is held. */
type Remembered = Pick<Group, 'starts' | 'until'>

interface Placed {
  readonly place: number
}
