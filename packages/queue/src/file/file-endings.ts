/*
 * How jobs of a queue in a file leave their workers: ended, given back, parked, and at last forgotten. Runs in the thread of the file.
 */

import type { QueueEvent } from '../queue-event.ts'
import type { Retention, RetentionRules, Settlement } from '../store.ts'
import { FileLines } from './file-lines.ts'
import {
  sizeOf,
  why,
  type HeldJob,
  type JobRow,
  type Moment,
  type PlacedJob,
  type QueueRow,
} from './file-row.ts'
import { LINE } from './file-schema.ts'
import type { FileStatements } from './file-statements.ts'

/** What a queue in a file is told when it is opened. */
export interface FileRules {
  readonly keep: RetentionRules
  /** The texts of errors: not started in time, died so many times, died when marked. */
  readonly deadlineError: string
  readonly diedError: string
  readonly unknownError: string
}

/** What the parts of a queue share: the row and the moment of the transaction. */
export interface FileTurn {
  at: Moment
  queue: QueueRow
  /** Whether anybody listens, in whatever process. */
  isHeard: boolean
}

/** What a queue in a file tells. */
export type FileTeller = (queue: number, event: QueueEvent) => void

/** The ends of jobs. */
export class FileEndings {
  readonly #turn: FileTurn
  readonly #sql: FileStatements
  readonly #lines: FileLines
  rules: FileRules
  readonly #tell: FileTeller
  /** What has more jobs now than before. */
  readonly #grown = new Set<FinishedState>()

  constructor(turn: FileTurn, sql: FileStatements, lines: FileLines, more: FileEndingParts) {
    this.#turn = turn
    this.#sql = sql
    this.#lines = lines
    this.rules = more.rules
    this.#tell = more.tell
  }

  /** Ends an attempt of a job whose row is as it was when it was claimed; false if its worker holds it no more. */
  end(job: HeldJob, how: Settlement): boolean {
    const { to, result = null, error = null } = how
    const queue = this.#turn.queue
    const { now, date } = this.#turn.at
    if (to === 'waiting') return this.#again(job, how)
    const size = job.payloadSize + sizeOf(result, error)
    const { changes } = this.#sql.end.run(to, date, result, error, size, job.place, how.token, now)
    if (changes === 0) return false
    queue.bytes += size - job.size
    this.#ended(to, job, size, how.error)
    this.#release(job, how.holdGroup)
    return true
  }

  /** The same for a job that starts once more. */
  #again(job: HeldJob, how: Settlement): boolean {
    const { delay = 0, refund = false, error, token, holdGroup } = how
    const kept = this.#sql.byPlace.get(job.place) as unknown as JobRow | undefined
    if (kept?.token !== token || (kept.lease_end ?? 0) <= this.#turn.at.now) return false
    const spent = kept.spent - (refund ? 1 : 0)
    const due = this.#turn.at.date + delay
    this.#back({ ...kept, spent, due, suspect: 0, error: error ?? null }, delay > 0)
    if (how.unstarted === true) this.#sql.unstart.run(job.place)
    const starts = kept.starts - (how.unstarted === true ? 1 : 0)
    this.say(refund ? 'returned' : 'retrying', { ...kept, starts }, { delay, ...why(error) })
    this.#release(kept, holdGroup)
    return true
  }

  /** No worker holds it any more, and its row says so. */
  #release(job: Pick<JobRow, 'place' | 'grp'>, holdGroup: number | undefined): void {
    this.#turn.queue.active--
    if (this.#turn.queue.alone === job.place) this.#turn.queue.alone = null
    if (job.grp !== null) this.#lines.ended(job.grp, holdGroup, this.#turn.queue, this.#turn.at)
  }

  /** It waits again, as the row says; its group is looked at when it is released. */
  #back(job: JobRow, isDelayed: boolean): void {
    const queue = this.#turn.queue
    const { place, payload, error, suspect, spent, due } = job
    const line = isDelayed ? LINE.delayed : FileLines.lineOf(job)
    const state = isDelayed ? 'delayed' : 'waiting'
    const size = sizeOf(payload, error)
    this.#sql.settle.run(state, line, suspect, spent, due, null, null, null, error, size, place)
    queue[state]++
    if (line === LINE.suspect) queue.suspects++
    queue.bytes += size - job.size
  }

  finish(job: JobRow, state: FinishedState, how: Pick<Settlement, 'result' | 'error'>): void {
    const queue = this.#turn.queue
    const { date } = this.#turn.at
    const { result = null, error = null } = how
    const { place, payload, spent, due, mark, suspect } = job
    const size = sizeOf(payload, result, error)
    this.#sql.settle.run(
      state,
      LINE.none,
      suspect,
      spent,
      due,
      date,
      mark,
      result,
      error,
      size,
      place,
    )
    queue.bytes += size - job.size
    this.#ended(state, job, size, error ?? undefined)
  }

  #ended(state: FinishedState, job: Told, size: number, error: string | undefined): void {
    const queue = this.#turn.queue
    queue[state]++
    queue[`${state}_bytes`] += size
    this.#grown.add(state)
    this.say(state, job, why(error))
  }

  /** Forgets what is beyond the bounds; once in a transaction. */
  prune(): void {
    for (const state of this.#grown) this.#prune(state, this.rules.keep[state])
    this.#grown.clear()
  }

  #prune(state: FinishedState, { age, count, bytes }: Retention): void {
    const queue = this.#turn.queue
    const surplus = Math.min(queue[state] - count, MOST_FORGOTTEN)
    if (surplus > 0) {
      const gone = this.#sql.surplus.all(state, surplus) as unknown as JobRow[]
      for (const job of gone) {
        this.uncount(job)
        this.say('removed', job, {})
      }
    }
    for (let left = MOST_FORGOTTEN; left > 0; left--) {
      const oldest = this.#sql.oldest.get(state) as unknown as JobRow | undefined
      if (oldest === undefined) return
      const isOld = this.#turn.at.date - (oldest.finished ?? 0) > age
      if (!isOld && queue[`${state}_bytes`] <= bytes) return
      this.forget(oldest)
    }
  }

  /** Takes back what workers that died held. */
  reap(): void {
    if (this.#turn.queue.active === 0) return
    for (let left = true; left;) {
      // A worker may have held more than there is room for at once.
      const jobs = this.#sql.expired.all(this.#turn.at.now, PART) as unknown as JobRow[]
      for (const job of jobs) this.#reapOne(job)
      left = jobs.length === PART
    }
  }

  #reapOne(job: JobRow): void {
    const { diedError, unknownError } = this.rules
    if (job.mark !== null) this.finish(job, 'unknown', { error: unknownError })
    else if (job.alone === 1 && job.spent >= job.attempts) {
      this.finish({ ...job, suspect: 1 }, 'failed', {
        error: diedError.replaceAll('%times%', String(job.spent)),
      })
    } else {
      // A job that died beside others may be innocent: that start is not held against it, and the next one shows.
      const spent = job.spent - (job.alone === 1 ? 0 : 1)
      this.#back({ ...job, spent, suspect: 1 }, false)
      this.say('stalled', job, {})
    }
    this.#release(job, undefined)
  }

  forget(job: PlacedJob): void {
    this.#sql.delete.run(job.place)
    const { state } = job
    if (state === 'waiting' || state === 'delayed') {
      this.#turn.queue.bytes -= job.size
      this.#lines.left(job, this.#turn.queue, this.#turn.at)
    } else this.uncount(job)
    this.say('removed', job, {})
  }

  /** A finished job counts no more. */
  uncount({ state, size }: Pick<JobRow, 'state' | 'size'>): void {
    const queue = this.#turn.queue
    const of = state as FinishedState
    queue[of]--
    queue[`${of}_bytes`] -= size
    queue.bytes -= size
  }

  say(type: QueueEvent['type'], job: Told | undefined, more: Partial<QueueEvent>): void {
    if (!this.#turn.isHeard || job === undefined) return
    const { id, starts: attempt } = job
    this.#tell(this.#turn.queue.n, { type, time: this.#turn.at.date, id, attempt, ...more })
  }
}

/** What endings need besides. */
export interface FileEndingParts {
  readonly rules: FileRules
  readonly tell: FileTeller
}

/** What events say of a job. */
type Told = Pick<JobRow, 'id' | 'starts'>

type FinishedState = 'done' | 'failed' | 'unknown'

const PART = 100
/** Of one state by one transaction, which keeps all others from the file; the next one that ends a job goes on. */
const MOST_FORGOTTEN = 1000
