/*
 * The jobs of one queue in memory: all the rules of a store, without any I/O.
 */

import { clock, LinkedList } from '@net/core/authoring'

import type { JobCounts, JobState } from '../job.ts'
import type { QueueEvent } from '../queue-event.ts'
import { deadlineError, diedError, reasonOf, unknownError } from '../stored-error.ts'
import type {
  Claimed,
  ClaimedJob,
  ClaimRequest,
  InstantStore,
  JobLease,
  JobStore,
  NewJob,
  RetentionRules,
  Settlement,
  StoredJob,
} from '../store.ts'
import { claimedOf, entryOf, lease, resize, jobOfEntry, type Entry, type Texts } from './entry.ts'
import { Finished } from './finished.ts'
import { Lines } from './lines.ts'
import { Listeners } from './listeners.ts'
import { RateWindow } from './rate-window.ts'

/** A store in this process; several queues may use one. */
export class MemoryStore implements JobStore {
  readonly #jobs = new Map<string, Entry>()
  readonly #lines = new Lines()
  readonly #active = new LinkedList<Entry>()
  readonly #finished: Readonly<Record<FinishedState, Finished>>
  readonly #window = new RateWindow()
  readonly #listeners = new Listeners()
  readonly #closed: () => void
  readonly atOnce: InstantStore | undefined = {
    add: (job) => this.#addOne(job),
    settle: (how) => this.#settleOne(how, clock().now(), clock().date()),
  }
  #places = 0
  #bytes = 0
  /** The job that runs alone. */
  #alone: Entry | undefined
  /** No lease ends before. */
  #nextExpiry = Infinity
  #paused = false
  /** How many jobs a claim has ended because they were not started in time. */
  #late = 0

  /** `closed` is called when it is closed. */
  constructor({ done, failed, unknown }: RetentionRules, closed: () => void) {
    this.#closed = closed
    this.#finished = {
      done: new Finished(done),
      failed: new Finished(failed),
      unknown: new Finished(unknown),
    }
  }

  async add(jobs: readonly NewJob[]): Promise<readonly (JobState | undefined)[]> {
    const now = clock().now()
    const date = clock().date()
    const states = jobs.map((job) => this.#add(job, now, date))
    this.#listeners.work()
    return states
  }

  async claim(request: ClaimRequest): Promise<Claimed> {
    const now = clock().now()
    const date = clock().date()
    if (request.perGroup !== undefined) this.#lines.rule = request.perGroup
    this.#reap(now, date)
    this.#lines.wake(now, date)
    if (this.#paused) return NOTHING
    const quiet = this.#lines.suspected > 0 && this.#alone === undefined
    if (quiet && !request.idle) return { ...NOTHING, quiet }
    const jobs = this.#take(request, now, date)
    const rate = request.rate === undefined ? 0 : this.#window.wait(request.rate, now)
    const wait = Math.min(this.#lines.wait(now, date), this.#nextExpiry - now)
    // There is more to do at once.
    if (this.#late >= MOST_LATE) return { jobs, wait: 0, quiet: false }
    return { jobs, wait: rate > 0 ? Math.min(rate, wait) : wait, quiet: false }
  }

  async renew(leases: readonly JobLease[], lease: number): Promise<readonly string[]> {
    const now = clock().now()
    const lost: string[] = []
    for (const each of leases) {
      const entry = this.#heldBy(each, now)
      if (entry === undefined) lost.push(each.id)
      else entry.leaseEnd = now + lease
    }
    // A shorter one ends before what workers wait for.
    if (lost.length < leases.length && now + lease < this.#nextExpiry) {
      this.#nextExpiry = now + lease
      this.#listeners.work()
    }
    return lost
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly boolean[]> {
    const now = clock().now()
    const date = clock().date()
    return settlements.map((each) => this.#settleOne(each, now, date))
  }

  async mark(held: JobLease, name: string): Promise<boolean> {
    const entry = this.#heldBy(held, clock().now())
    if (entry === undefined) return false
    entry.mark = name
    this.#tell('marked', entry, { mark: name })
    return true
  }

  async progress(held: JobLease, value: string): Promise<boolean> {
    const entry = this.#heldBy(held, clock().now())
    if (entry === undefined) return false
    entry.progress = value
    this.#tell('progress', entry, JSON.parse(value) as Partial<QueueEvent>)
    return true
  }

  async get(id: string): Promise<StoredJob | undefined> {
    this.#look()
    const entry = this.#jobs.get(id)
    return entry && jobOfEntry(entry)
  }

  async list(state: JobState, after: number, limit: number): Promise<readonly StoredJob[]> {
    this.#look()
    return this.#inState(state)
      .filter(({ place }) => place > after)
      .toSorted((a, b) => a.place - b.place)
      .slice(0, limit)
      .map(jobOfEntry)
  }

  async counts(): Promise<JobCounts> {
    this.#look()
    const { done, failed, unknown } = this.#finished
    return {
      waiting: this.#lines.waiting,
      delayed: this.#lines.delayed,
      active: this.#active.size,
      done: done.size,
      failed: failed.size,
      unknown: unknown.size,
      bytes: this.#bytes,
      paused: this.#paused,
    }
  }

  async pause(paused: boolean): Promise<void> {
    if (this.#paused === paused) return
    this.#paused = paused
    this.#listeners.tell({ type: paused ? 'paused' : 'resumed', time: clock().date() })
    this.#listeners.work()
  }

  async drain(): Promise<number> {
    const waiting = [...this.#inState('waiting'), ...this.#inState('delayed')]
    for (const entry of waiting) this.#forget(entry)
    return waiting.length
  }

  async retry(id: string | undefined): Promise<number> {
    const one = id === undefined ? undefined : this.#jobs.get(id)
    const chosen = id === undefined ? this.#finished.failed.all() : one === undefined ? [] : [one]
    const back = chosen.filter(({ state }) => state === 'failed' || state === 'unknown')
    for (const entry of back) this.#again(entry)
    this.#listeners.work()
    return back.length
  }

  async remove(id: string): Promise<JobState | undefined> {
    const entry = this.#jobs.get(id)
    if (entry !== undefined && entry.state !== 'active') this.#forget(entry)
    return entry?.state
  }

  onWork(listener: () => void): () => void {
    return this.#listeners.onWork(listener)
  }

  async onEvent(listener: (event: QueueEvent) => void): Promise<() => void> {
    return this.#listeners.onEvent(listener)
  }

  async close(): Promise<void> {
    this.#closed()
  }

  #look(): void {
    this.#lines.wake(clock().now(), clock().date())
  }

  #inState(state: JobState): Entry[] {
    return [...this.#jobs.values()].filter((each) => each.state === state)
  }

  #addOne(job: NewJob): JobState | undefined {
    const state = this.#add(job, clock().now(), clock().date())
    this.#listeners.work()
    return state
  }

  #add(job: NewJob, now: number, date: number): JobState | undefined {
    const there = this.#jobs.get(job.id)
    if (there !== undefined) return there.state
    const entry = entryOf(job, ++this.#places, date)
    this.#jobs.set(job.id, entry)
    this.#bytes += entry.size
    if (job.delay > 0) this.#lines.delay(entry)
    else this.#lines.enqueue(entry, now)
    this.#tell('added', entry, job.delay > 0 ? { delay: job.delay } : {})
    return undefined
  }

  #take(request: ClaimRequest, now: number, date: number): readonly ClaimedJob[] {
    const jobs: ClaimedJob[] = []
    const { rate, max, idle } = request
    this.#late = 0
    while (jobs.length < max && this.#late < MOST_LATE) {
      if (rate !== undefined && this.#window.wait(rate, now) > 0) break
      const mayBeAlone = jobs.length === 0 && idle && this.#alone === undefined
      const suspect = mayBeAlone ? this.#lines.suspect : undefined
      const entry = suspect ?? this.#lines.next
      if (entry === undefined) break
      this.#lines.leave(entry, now)
      if (this.#endIfLate(entry, date)) continue
      this.#start(entry, request, now, date)
      jobs.push(claimedOf(entry, date))
      if (entry !== suspect) continue
      this.#alone = entry
      break
    }
    return jobs
  }

  #endIfLate(entry: Entry, date: number): boolean {
    if (entry.deadline === undefined || entry.deadline > date) return false
    this.#finish(entry, 'failed', { error: deadlineError }, date)
    this.#late++
    return true
  }

  #start(entry: Entry, request: ClaimRequest, now: number, date: number): void {
    lease(entry, request, now, date)
    this.#active.add(entry)
    this.#nextExpiry = Math.min(this.#nextExpiry, entry.leaseEnd)
    if (request.rate !== undefined) this.#window.started(request.rate, now)
    this.#lines.started(entry, now)
    this.#tell('started', entry, {})
  }

  /** The job, if it is held with that token by a lease that has not ended. */
  #heldBy({ id, token }: JobLease, now: number): Entry | undefined {
    const entry = this.#jobs.get(id)
    if (entry === undefined || entry.state !== 'active' || entry.token !== token) return undefined
    return entry.leaseEnd > now ? entry : undefined
  }

  /** Whether it was held. */
  #settleOne(how: Settlement, now: number, date: number): boolean {
    const entry = this.#heldBy(how, now)
    if (entry === undefined) return false
    const lets = how.to === 'waiting' || entry.group !== undefined || entry === this.#alone
    this.#settle(entry, how, now, date)
    // The end of any other job lets none start that could not have started before.
    if (lets) this.#listeners.work()
    return true
  }

  #settle(entry: Entry, how: Settlement, now: number, date: number): void {
    this.#release(entry, how.holdGroup, now)
    entry.suspect = false
    if (how.to !== 'waiting') {
      this.#finish(entry, how.to, how, date)
      return
    }
    const { delay = 0, refund = false, error } = how
    if (refund) entry.spent--
    if (how.unstarted === true) entry.starts--
    entry.mark = undefined
    this.#resize(entry, { error })
    entry.due = date + delay
    if (delay > 0) this.#lines.delay(entry)
    else this.#lines.enqueue(entry, now)
    this.#tell(refund ? 'returned' : 'retrying', entry, { delay, ...why(error) })
  }

  /** No worker holds it any more. */
  #release(entry: Entry, holdGroup: number | undefined, now: number): void {
    this.#active.delete(entry)
    if (this.#alone === entry) this.#alone = undefined
    entry.token = ''
    this.#lines.ended(entry, holdGroup, now)
  }

  #finish(entry: Entry, state: FinishedState, how: Texts, date: number): void {
    entry.state = state
    entry.finished = date
    // Most jobs leave nothing.
    if (how.result !== entry.result || how.error !== entry.error) this.#resize(entry, how)
    this.#finished[state].add(entry)
    if (this.#listeners.isHeard) this.#tell(state, entry, why(how.error))
    const kept = this.#finished[state]
    for (let old = kept.surplus(date); old !== undefined; old = kept.surplus(date)) this.#drop(old)
  }

  /** Takes back what workers that died held. */
  #reap(now: number, date: number): void {
    if (now < this.#nextExpiry) return
    this.#nextExpiry = Infinity
    for (const entry of this.#active) {
      if (entry.leaseEnd > now) this.#nextExpiry = Math.min(this.#nextExpiry, entry.leaseEnd)
      else this.#reapOne(entry, now, date)
    }
  }

  #reapOne(entry: Entry, now: number, date: number): void {
    this.#release(entry, undefined, now)
    if (entry.mark !== undefined) {
      this.#finish(entry, 'unknown', { error: unknownError }, date)
      return
    }
    entry.suspect = true
    // A job that died beside others may be innocent: that start is not held against it, and the next one shows.
    if (!entry.alone) entry.spent--
    else if (entry.spent >= entry.attempts) {
      this.#finish(entry, 'failed', { error: diedError(entry.spent) }, date)
      return
    }
    this.#lines.enqueue(entry, now)
    this.#tell('stalled', entry, {})
  }

  #again(entry: Entry): void {
    const { state } = entry
    if (state === 'failed' || state === 'unknown') this.#finished[state].delete(entry)
    entry.spent = 0
    entry.mark = undefined
    entry.finished = undefined
    this.#lines.enqueue(entry, clock().now())
    this.#tell('added', entry, {})
  }

  #forget(entry: Entry): void {
    const { state } = entry
    if (state === 'waiting' || state === 'delayed') this.#lines.leave(entry, clock().now())
    else if (state !== 'active') this.#finished[state].delete(entry)
    this.#drop(entry)
  }

  #drop(entry: Entry): void {
    this.#jobs.delete(entry.id)
    this.#bytes -= entry.size
    this.#tell('removed', entry, {})
  }

  #resize(entry: Entry, texts: Texts): void {
    this.#bytes -= entry.size
    resize(entry, texts)
    this.#bytes += entry.size
  }

  #tell(type: QueueEvent['type'], entry: Entry, more: Partial<QueueEvent>): void {
    if (!this.#listeners.isHeard) return
    const { id, starts: attempt } = entry
    this.#listeners.tell({ type, time: clock().date(), id, attempt, ...more })
  }
}

type FinishedState = 'done' | 'failed' | 'unknown'

function why(error: string | undefined): Partial<QueueEvent> {
  return error === undefined ? {} : { reason: reasonOf(error) }
}

/** No claim holds the event loop up for longer than it takes to end so many. */
const MOST_LATE = 1000
const NOTHING: Claimed = { jobs: [], wait: Infinity, quiet: false }
