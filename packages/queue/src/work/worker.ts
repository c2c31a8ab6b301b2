/*
 * A worker: claims as many jobs as it has room for, runs them, and settles them. It never claims while it closes, and takes no
 * other job while one runs that must run alone.
 */

import { randomUUID } from 'node:crypto'

import { isNetError, type CloseOptions, type NetError } from '@net/core'
import { clock, closeDoor, GRACE, netError, onSignalAbort, type Taken } from '@net/core/authoring'

import { Batch } from '../batch.ts'
import type {
  Claimed,
  ClaimedJob,
  ClaimRequest,
  GroupRule,
  RateRule,
  Settlement,
} from '../store.ts'
import { errorText, reasonOf } from '../stored-error.ts'
import { storedJson } from '../stored-json.ts'
import { Bell } from './bell.ts'
import { JobRun, type RunHost } from './job-run.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import type { GroupLimits, JobRate, ProcessOptions } from './process-options.ts'
import { abandonedVerdict, verdictOn, type Ending, type Verdict } from './verdict.ts'
import { WorkerStanding, type WorkerState } from './worker-standing.ts'

/** What `process` gives: it works until it is closed. */
export interface JobWorker extends AsyncDisposable {
  /** `reconnecting` while its store does not answer; an event tells of that and of the end of it. */
  readonly state: WorkerState
  /** Since when, in milliseconds since 1970. */
  readonly since: number
  /** How many jobs it runs now. */
  readonly active: number
  /** Settles when it is closed, to why it gave up if it was not told to. Never rejects. */
  readonly closed: Promise<NetError | undefined>
  /**
   * Takes no more jobs and lets those that run end; past the grace their signals abort, and what was interrupted goes back without
   * losing an attempt, or to `unknown` if it was marked. Resolves within the grace and a second: a handler that heeds no signal is
   * left behind, and its job is failed, or `unknown`.
   */
  close(options?: CloseOptions): Promise<void>
}

/** What a worker is made of. */
export interface WorkerParts<P> extends RunHost<P> {
  readonly options: Taken<ProcessOptions>
  readonly maxResult: number
}

/** A worker of one queue in this process. */
export class RunningWorker<P> implements JobWorker {
  readonly closed: Promise<NetError | undefined>
  readonly #parts: WorkerParts<P>
  readonly #request: Omit<ClaimRequest, 'max' | 'idle'>
  readonly #concurrency: number
  /** How many handlers run; a run whose end is being stored makes room already. */
  #handling = 0
  /** How many claims are under way, and jobs on their way back: what comes of them must not be left leased. */
  #asking = 0
  /** The close waits no longer. */
  #isLate = false
  /** Rung when there may be something to claim. */
  readonly #bell = new Bell()
  /** Rung when a job has ended; the close waits for it. */
  readonly #ended = new Bell()
  /** It has the jobs that run. */
  readonly #keeper: LeaseKeeper<JobRun<P>>
  readonly #settlements: Batch<Settlement, boolean>
  readonly #forget: (() => void)[] = []
  readonly #closed = Promise.withResolvers<NetError | undefined>()
  readonly #standing: WorkerStanding
  /** A job runs that must run alone, or is to be taken next. */
  #quiet = false
  #failures = 0
  #over: Promise<void> | undefined

  constructor(parts: WorkerParts<P>) {
    const { concurrency = 1, lease = 30_000, rate, perGroup, signal, grace } = parts.options
    this.#parts = parts
    this.#standing = new WorkerStanding(parts.queue, parts.client)
    this.closed = this.#closed.promise
    this.#concurrency = concurrency
    this.#request = {
      holder: randomUUID(),
      single: concurrency === 1,
      lease,
      rate: rate && rateRule(rate),
      perGroup: perGroup && groupRule(perGroup),
    }
    this.#keeper = new LeaseKeeper(parts.store, lease)
    this.#settlements = new Batch((items) => parts.store.settle(items), textsOf, setImmediate)
    this.#forget.push(parts.store.onWork(() => this.#bell.ring()))
    if (signal !== undefined) {
      this.#forget.push(onSignalAbort(signal, () => void this.#close(grace ?? GRACE)))
    }
    void this.#work()
  }

  get state(): WorkerState {
    return this.#standing.state
  }

  get since(): number {
    return this.#standing.since
  }

  get active(): number {
    return this.#keeper.runs.size
  }

  async close(options?: CloseOptions): Promise<void> {
    await this.#close(closeGrace(options))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close(GRACE)
  }

  #close(grace: number): Promise<void> {
    this.#over ??= this.#end(grace)
    return this.#over
  }

  async #end(grace: number): Promise<void> {
    this.#standing.become('closing')
    for (const forget of this.#forget) forget()
    this.#bell.ring()
    const cut = clock().after(grace, () => {
      for (const run of this.#keeper.runs) run.interrupt(LAST_GRACE)
    })
    // A store that does not answer is waited for no longer than handlers are.
    const leave = clock().after(grace + 2 * LAST_GRACE, () => {
      this.#isLate = true
      for (const run of this.#keeper.runs) this.#keeper.delete(run)
      this.#ended.ring()
    })
    while (!this.#isLate && this.active + this.#asking > 0) await this.#ended.wait(Infinity)
    cut.clear()
    leave.clear()
    this.#keeper.close()
    this.#standing.become('closed')
    this.#closed.resolve(undefined)
  }

  async #work(): Promise<void> {
    // No handler runs before `process` has returned.
    await Promise.resolve()
    while (this.#isOpen()) {
      const max = this.#room()
      if (max === 0) {
        await this.#bell.wait(Infinity)
        continue
      }
      const claimed = await this.#claim(max)
      const isIdle = claimed.jobs.length === 0 && !(claimed.quiet && this.#handling === 0)
      if (isIdle) await this.#bell.wait(claimed.wait)
      // What has ended in this turn leaves room for one claim together.
      await turn()
    }
  }

  #isOpen(): boolean {
    return this.state === 'working' || this.state === 'reconnecting'
  }

  #room(): number {
    if (this.#quiet && this.#handling > 0) return 0
    // A store that takes no endings must not be asked for ever more jobs.
    return Math.min(this.#concurrency - this.#handling, 2 * this.#concurrency - this.active)
  }

  async #claim(max: number): Promise<Claimed> {
    try {
      // A close does not wait for a store that is away.
      await this.#standing.answer(this.#parts.store.ready)
      if (!this.#isOpen()) return NOTHING
      return await this.#asked(() => this.#claimed(max))
    } catch (error) {
      return { ...NOTHING, wait: this.#failed(error) }
    }
  }

  async #claimed(max: number): Promise<Claimed> {
    const end = clock().now() + this.#request.lease
    const idle = this.#handling === 0
    // What has ended goes first, and with the same trip.
    this.#settlements.flush()
    const claimed = await this.#parts.store.claim({ ...this.#request, max, idle })
    this.#answered()
    this.#quiet = claimed.quiet
    for (const job of claimed.jobs) this.#start(job, end)
    // What came while the worker closed goes back before the store is let go.
    if (!this.#isOpen()) this.#settlements.flush()
    return claimed
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    this.#asking++
    try {
      return await ask()
    } finally {
      this.#asking--
      this.#ended.ring()
    }
  }

  #answered(): void {
    this.#failures = 0
    this.#standing.back()
  }

  /** How long to wait before the next try. */
  #failed(error: unknown): number {
    this.#standing.away(reasonOf(errorText(error)))
    const isFinal = isNetError(error) && error.code === 'NET_CLOSED'
    if (isFinal && this.#isOpen()) {
      this.#closed.resolve(error)
      void this.#close(0)
    }
    return Math.min(100 * 2 ** this.#failures++, LONGEST_BACK_OFF)
  }

  #start(job: ClaimedJob, leaseEnd: number): void {
    // The claim was under way when the worker was closed: the job goes back unstarted.
    if (!this.#isOpen()) {
      void this.#giveBack(job)
      return
    }
    if (job.alone) this.#quiet = true
    const run = new JobRun(this.#parts, job, leaseEnd)
    this.#keeper.add(run)
    this.#handling++
    run.run((ending) => this.#handled(run, ending))
  }

  async #giveBack(job: ClaimedJob): Promise<void> {
    const { id, token } = job
    const back = { id, token, to: 'waiting', refund: true, unstarted: true } as const
    await this.#asked(() => this.#settlements.add(back)).catch(nothing)
  }

  #handled(run: JobRun<P>, ending: Ending): void {
    this.#handling--
    if (this.#handling === 0) this.#quiet = false
    if (!run.holds()) {
      this.#leave(run, ending)
      return
    }
    const verdict = this.#verdict(run, ending)
    const now = this.#parts.store.atOnce
    if (now === undefined) {
      this.#settle(run, verdict, () => this.#leave(run, ending))
      this.#bell.ring()
      return
    }
    const { id, token } = run.lease
    if (!now.settle({ id, token, ...verdict })) run.lose()
    this.#leave(run, ending)
  }

  #leave(run: JobRun<P>, ending: Ending): void {
    run.ended(endingError(run, ending))
    this.#keeper.delete(run)
    this.#bell.ring()
    this.#ended.ring()
  }

  #verdict(run: JobRun<P>, ending: Ending): Verdict {
    try {
      return this.#decide(run, ending)
    } catch (error) {
      // A rule of the caller's failed: what nobody can decide is not repeated.
      const text = errorText(error)
      run.warn(`whether the job is repeated could not be decided: ${reasonOf(text)}`)
      return { to: run.marked ? 'unknown' : 'failed', error: text }
    }
  }

  #decide(run: JobRun<P>, ending: Ending): Verdict {
    if (ending.kind === 'returned') return this.#resultOf(run, ending.value)
    const { marked, stopped, claimed, left } = run
    if (ending.kind === 'abandoned') {
      run.warn('the handler did not end when its signal aborted; its job was given up')
      return abandonedVerdict(stopped ?? 'closing', marked)
    }
    const { retry = {} } = this.#parts.options
    return verdictOn({ job: claimed, error: ending.error, marked, stopped, left, retry })
  }

  #resultOf(run: JobRun<P>, value: unknown): Verdict {
    if (value === undefined) return DONE
    const { text, fault } = storedJson(value, 'result', this.#parts.maxResult)
    // The work is done, whatever became of its result.
    if (fault !== undefined) run.warn(`the result of the job is left out: ${fault}`)
    return { to: 'done', result: text }
  }

  /** Settling is repeated while the lease lasts: what was done must not be done again because nobody could write it down. */
  #settle(run: JobRun<P>, verdict: Verdict, settled: () => void): void {
    const { id, token } = run.lease
    const settlement = { id, token, ...verdict }
    run.whenLost(settled)
    const attempt = (delay: number): void => {
      this.#settlements.add(settlement).then(
        (held) => {
          if (held) settled()
          else run.lose()
        },
        () => {
          clock().after(delay, () => {
            if (run.holds()) attempt(Math.min(2 * delay, 1000))
          })
        },
      )
    }
    attempt(50)
  }
}

function endingError(run: Pick<JobRun<unknown>, 'stopped' | 'signal'>, ending: Ending): unknown {
  if (run.stopped === 'lost') return run.signal.reason
  if (ending.kind === 'returned') return undefined
  if (ending.kind === 'threw') return ending.error ?? new Error('undefined was thrown')
  return netError('NET_TASK_LEAKED', { message: 'the handler did not end when its signal aborted' })
}

function textsOf({ result = '', error = '' }: Settlement): number {
  return result.length + error.length
}

function rateRule({ limit, interval = 1000 }: JobRate): RateRule {
  return { limit, interval }
}

function groupRule({ concurrency, rate }: GroupLimits): GroupRule {
  return { concurrency, rate: rate && rateRule(rate) }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

const nothing = (): void => {}
const DONE: Verdict = { to: 'done' }
const NOTHING: Claimed = { jobs: [], wait: 0, quiet: false }
const closeGrace = closeDoor({ protocol: 'queue', call: 'close' })
const LAST_GRACE = 1000
const LONGEST_BACK_OFF = 5000
