/*
 * The jobs of one queue in a file: the rules of a store as statements. Each call runs within a transaction of the thread, which reads
 * the queue's row before and writes it after. Runs in the thread of the file.
 */

import type { DatabaseSync } from 'node:sqlite'

import type { JobCounts, JobState } from '../job.ts'
import type { QueueEvent } from '../queue-event.ts'
import type {
  Claimed,
  ClaimedJob,
  ClaimRequest,
  JobLease,
  NewJob,
  Settlement,
  StoredJob,
} from '../store.ts'
import { FileEndings, type FileRules, type FileTeller, type FileTurn } from './file-endings.ts'
import { FileLines, rateWait, withStart } from './file-lines.ts'
import {
  heldOf,
  RowStatements,
  sizeOf,
  jobOfRow,
  type HeldJob,
  type JobRow,
  type Moment,
  type PlacedJob,
  type ReadyJob,
} from './file-row.ts'
import { LINE } from './file-schema.ts'
import { FileStatements } from './file-statements.ts'

/** One queue. */
export class FileJobs {
  readonly #lines: FileLines
  readonly #row: RowStatements
  readonly #sql: FileStatements
  readonly #turn: FileTurn
  readonly #endings: FileEndings
  readonly #tell: FileTeller
  /** How many jobs a claim has ended because they were not started in time. */
  #late = 0
  /** What workers of this process hold, by id, so that their ends need no look at the row. */
  readonly #held = new Map<string, HeldJob>()

  constructor(db: DatabaseSync, name: string, rules: FileRules, tell: FileTeller) {
    this.#tell = tell
    this.#row = new RowStatements(db, name)
    this.#turn = { at: { now: 0, date: 0 }, queue: this.#row.read(), isHeard: false }
    const { n } = this.#turn.queue
    this.#lines = new FileLines(db, n)
    this.#sql = new FileStatements(db, n)
    this.#endings = new FileEndings(this.#turn, this.#sql, this.#lines, { rules, tell })
  }

  /** The queue's number in the file. */
  get number(): number {
    return this.#turn.queue.n
  }

  /** These rules hold from now on. */
  follow(rules: FileRules): void {
    this.#endings.rules = rules
  }

  /** A transaction has begun, at that moment of the machine, too. */
  begin(at: Moment, real: number): void {
    this.#turn.at = at
    this.#turn.queue = this.#row.read()
    this.#turn.isHeard = this.#turn.queue.heard >= real
  }

  /** From this transaction on somebody listens. */
  listened(): void {
    this.#turn.isHeard = true
  }

  /** It is about to end. */
  end(): void {
    this.#endings.prune()
    this.#row.write(this.#turn.queue)
  }

  add(jobs: readonly NewJob[]): readonly (JobState | undefined)[] {
    return jobs.map((job) => this.#add(job))
  }

  claim(request: ClaimRequest): Claimed {
    const queue = this.#turn.queue
    const at = this.#turn.at
    if (request.perGroup !== undefined) queue.rule = JSON.stringify(request.perGroup)
    this.#endings.reap()
    this.#lines.wake(queue, at)
    if (queue.paused === 1) return { jobs: [], wait: Infinity, quiet: false }
    const quiet = queue.suspects > 0 && queue.alone === null
    if (quiet && !request.idle) return { jobs: [], wait: Infinity, quiet }
    this.#late = 0
    const jobs = this.#take(request)
    // There is more to do at once.
    if (this.#late >= MOST_LATE) return { jobs, wait: 0, quiet: false }
    const { rate } = request
    const more = rate === undefined ? 0 : rateWait(this.#starts(), rate, at.now)
    const wait = Math.min(this.#lines.wait(queue, at), this.#expiry() - at.now)
    return { jobs, wait: more > 0 ? Math.min(more, wait) : wait, quiet: false }
  }

  renew(leases: readonly JobLease[], lease: number): readonly string[] {
    const { now } = this.#turn.at
    const lost = leases.filter(
      ({ id, token }) => this.#sql.renew.run(now + lease, id, token, now).changes === 0,
    )
    for (const { id, token } of lost) if (this.#held.get(id)?.token === token) this.#held.delete(id)
    return lost.map(({ id }) => id)
  }

  settle(settlements: readonly Settlement[]): readonly boolean[] {
    return settlements.map((how) => {
      const kept = this.#held.get(how.id)
      const job = kept?.token === how.token ? kept : this.#heldBy(how)
      if (kept === job) this.#held.delete(how.id)
      return job !== undefined && this.#endings.end(job, how)
    })
  }

  mark({ id, token }: JobLease, name: string): boolean {
    const held = this.#sql.mark.run(name, id, token, this.#turn.at.now).changes === 1
    if (held) this.#endings.say('marked', this.#one(id), { mark: name })
    return held
  }

  progress({ id, token }: JobLease, value: string): boolean {
    const held = this.#sql.progress.run(value, id, token, this.#turn.at.now).changes === 1
    if (held) this.#endings.say('progress', this.#one(id), JSON.parse(value) as Partial<QueueEvent>)
    return held
  }

  get(id: string): StoredJob | undefined {
    this.#lines.wake(this.#turn.queue, this.#turn.at)
    const job = this.#one(id)
    return job && jobOfRow(job)
  }

  list(state: JobState, after: number, limit: number): readonly StoredJob[] {
    this.#lines.wake(this.#turn.queue, this.#turn.at)
    return (this.#sql.page.all(state, after, limit) as unknown as JobRow[]).map(jobOfRow)
  }

  counts(): JobCounts {
    this.#lines.wake(this.#turn.queue, this.#turn.at)
    const { waiting, delayed, active, done, failed, unknown, bytes, paused } = this.#turn.queue
    return { waiting, delayed, active, done, failed, unknown, bytes, paused: paused === 1 }
  }

  pause(paused: boolean): void {
    if ((this.#turn.queue.paused === 1) === paused) return
    this.#turn.queue.paused = paused ? 1 : 0
    if (!this.#turn.isHeard) return
    this.#tell(this.#turn.queue.n, {
      type: paused ? 'paused' : 'resumed',
      time: this.#turn.at.date,
    })
  }

  drain(): number {
    const waiting = this.#sql.waiting.all() as unknown as PlacedJob[]
    for (const job of waiting) this.#endings.forget(job)
    return waiting.length
  }

  retry(id: string | undefined): number {
    const one = id === undefined ? undefined : this.#one(id)
    const chosen: readonly PlacedJob[] =
      id === undefined ? this.#failed() : one === undefined ? [] : [one]
    const back = chosen.filter(({ state }) => state === 'failed' || state === 'unknown')
    for (const job of back) this.#putBack(job)
    return back.length
  }

  remove(id: string): JobState | undefined {
    const job = this.#one(id)
    if (job !== undefined && job.state !== 'active') this.#endings.forget(job)
    return job?.state as JobState | undefined
  }

  #one(id: string): JobRow | undefined {
    return this.#sql.byId.get(id) as unknown as JobRow | undefined
  }

  #add(job: NewJob): JobState | undefined {
    const { id, payload, priority, attempts, delay, deadline, group, traceparent } = job
    const { date } = this.#turn.at
    const grp = group ?? null
    const line = delay > 0 ? LINE.delayed : FileLines.lineOf({ grp, suspect: 0 })
    const size = sizeOf(payload)
    const state = delay > 0 ? 'delayed' : 'waiting'
    const ends = deadline === undefined ? null : date + deadline
    const { changes } = this.#sql.insert.run(
      id,
      payload,
      priority,
      attempts,
      date,
      date + delay,
      ends,
      grp,
      traceparent ?? null,
      state,
      line,
      size,
    )
    if (changes === 0) return this.#one(id)?.state as JobState
    this.#turn.queue[state]++
    this.#turn.queue.bytes += size
    if (line === LINE.behind && grp !== null)
      this.#lines.refresh(grp, this.#turn.queue, this.#turn.at)
    this.#endings.say('added', { id, starts: 0 }, delay > 0 ? { delay } : {})
    return undefined
  }

  #take(request: ClaimRequest): readonly ClaimedJob[] {
    const jobs: ClaimedJob[] = []
    const queue = this.#turn.queue
    const room = (): number =>
      this.#late < MOST_LATE ? Math.min(request.max - jobs.length, this.#allowed(request)) : 0
    const mayBeAlone = request.idle && queue.alone === null && room() > 0
    const alone = mayBeAlone ? this.#takeSuspect(request) : undefined
    if (alone !== undefined) return [alone]
    for (let left = room(); left > 0; left = room()) {
      const next = this.#lines.next(left)
      if (next.length === 0) break
      jobs.push(...this.#claimSome(next, request))
    }
    return jobs
  }

  /** The first job that must run alone; those before it whose deadlines have passed are ended. */
  #takeSuspect(request: ClaimRequest): ClaimedJob | undefined {
    for (let next = this.#suspect(); next !== undefined; next = this.#suspect()) {
      if (this.#late >= MOST_LATE) return undefined
      const claimed = this.#claimOne(next, request)
      if (claimed === undefined) continue
      this.#turn.queue.alone = next.place
      return claimed
    }
    return undefined
  }

  /** The first ones of those: as many as surely stand before all others. */
  #claimSome(next: readonly ReadyJob[], request: ClaimRequest): readonly ClaimedJob[] {
    const { date } = this.#turn.at
    const isLate = ({ deadline }: ReadyJob): boolean => deadline !== null && deadline <= date
    const plain = leading(next, (job) => job.grp === null && !isLate(job))
    if (plain.length > 0) return this.#claimPlain(plain, request)
    const late = leading(next, (job) => job.grp === null && isLate(job))
    if (late.length > 0) return late.flatMap((job) => this.#claimOne(job, request) ?? [])
    // Another of its group may stand in the line now, and before the rest.
    const claimed = next[0] && this.#claimOne(next[0], request)
    return claimed === undefined ? [] : [claimed]
  }

  /** Jobs without groups, whose deadlines have not passed, all by one statement. */
  #claimPlain(jobs: readonly ReadyJob[], request: ClaimRequest): readonly ClaimedJob[] {
    const queue = this.#turn.queue
    this.#start(jobs, request)
    queue.active += jobs.length
    queue.waiting -= jobs.length
    return jobs.map((job) => this.#claimed(job, request))
  }

  #start(jobs: readonly ReadyJob[], { holder, lease, single }: ClaimRequest): void {
    const { now, date } = this.#turn.at
    const alone = jobs[0]?.suspect === 1 || single ? 1 : 0
    const places = JSON.stringify(jobs.map(({ place }) => place))
    this.#sql.start.run(holder, now + lease, alone, date, places)
  }

  #suspect(): ReadyJob | undefined {
    return this.#turn.queue.suspects === 0 ? undefined : this.#lines.suspect()
  }

  /** How many may start by the rate: none or one, since each start is counted. */
  #allowed({ rate }: ClaimRequest): number {
    if (rate === undefined) return Infinity
    return rateWait(this.#starts(), rate, this.#turn.at.now) > 0 ? 0 : 1
  }

  #starts(): readonly number[] {
    return JSON.parse(this.#turn.queue.starts) as number[]
  }

  /** Undefined if its deadline has passed. */
  #claimOne(job: ReadyJob, request: ClaimRequest): ClaimedJob | undefined {
    const queue = this.#turn.queue
    const { date } = this.#turn.at
    if (job.deadline !== null && job.deadline <= date) {
      const row = this.#sql.byPlace.get(job.place) as unknown as JobRow
      this.#endings.finish({ ...row, mark: null }, 'failed', {
        error: this.#endings.rules.deadlineError,
      })
      this.#lines.left(job, queue, this.#turn.at)
      this.#late++
      return undefined
    }
    this.#start([job], request)
    queue.active++
    this.#lines.left(job, queue, this.#turn.at)
    if (job.grp !== null) this.#lines.started(job.grp, queue, this.#turn.at)
    return this.#claimed(job, request)
  }

  /** What the worker gets of a job that was started. */
  #claimed(job: ReadyJob, { holder, rate }: ClaimRequest): ClaimedJob {
    const queue = this.#turn.queue
    const { now, date } = this.#turn.at
    if (rate !== undefined) queue.starts = JSON.stringify(withStart(this.#starts(), rate, now))
    const starts = job.starts + 1
    const token = `${holder}:${starts}`
    const { id, payload, grp } = job
    this.#keep(heldOf(job, { starts, token }))
    this.#endings.say('started', { id, starts }, {})
    return {
      id,
      token,
      payload,
      starts,
      spent: job.spent + 1,
      attempts: job.attempts,
      priority: job.priority,
      group: grp ?? undefined,
      added: job.added,
      left: job.deadline === null ? undefined : job.deadline - date,
      traceparent: job.traceparent ?? undefined,
      alone: job.suspect === 1,
    }
  }

  /** A worker that lost its lease never ends what it held. */
  #keep(job: HeldJob): void {
    if (this.#held.size >= MOST_HELD) this.#held.clear()
    this.#held.set(job.id, job)
  }

  #expiry(): number {
    if (this.#turn.queue.active === 0) return Infinity
    const { at } = this.#sql.nextExpiry.get() as unknown as { at: number | null }
    return at ?? Infinity
  }

  #heldBy({ id, token }: JobLease): HeldJob | undefined {
    const job = this.#one(id)
    const isHeld = job?.state === 'active' && job.token === token
    return isHeld && (job.lease_end ?? 0) > this.#turn.at.now ? heldOf(job, job) : undefined
  }

  #failed(): readonly PlacedJob[] {
    return this.#sql.failed.all() as unknown as PlacedJob[]
  }

  #putBack(job: PlacedJob): void {
    this.#endings.uncount(job)
    this.#turn.queue.bytes += job.size
    this.#sql.again.run(LINE.none, job.place)
    this.#lines.enqueue(job, this.#turn.queue, this.#turn.at)
    this.#endings.say('added', job, {})
  }
}

/** The first ones, up to one of another kind. */
function leading<T>(list: readonly T[], isKind: (item: T) => boolean): readonly T[] {
  const other = list.findIndex((item) => !isKind(item))
  return other < 0 ? list : list.slice(0, other)
}

const MOST_HELD = 20_000
/** No claim holds the file up for longer than it takes to end so many. */
const MOST_LATE = 1000
