/* A queue as programs use it: its calls, each an operation, over whatever store has the jobs. */

import type { CallOptions, CloseOptions, NetError } from '@net/core'
import {
  argument,
  atOnce,
  closedError,
  closeDoor,
  GRACE,
  inCall,
  netError,
  operation,
  option,
  optionsDoor,
  stoppable,
  traceparentOf,
  type CallKind,
  type CallPlace,
  type Operation,
  type OperationSpec,
} from '@net/core/authoring'

import { addOptions, callOptions, jobName, type AddOptions } from './add-options.ts'
import { Batch } from './batch.ts'
import { EventFeed } from './event-feed.ts'
import { jobEnd, JobWait } from './job-end.ts'
import type { AddedJob, JobCounts, JobInfo, JobState } from './job.ts'
import { randomId } from './job-id.ts'
import { infoOf } from './job-info.ts'
import { validPayload } from './payload-schema.ts'
import type { QueueEvent } from './queue-event.ts'
import type { QueuePlan } from './queue-options.ts'
import type { JobStore, NewJob, StoredJob } from './store.ts'
import { roadOf } from './store-road.ts'
import { storedJson } from './stored-json.ts'
import type { JobHandler } from './work/job-context.ts'
import { processOptions, type ProcessOptions } from './work/process-options.ts'
import { UnderWay } from './work/under-way.ts'
import { RunningWorker, type JobWorker } from './work/worker.ts'

/** Options of listening to a queue. */
export type EventsOptions = Pick<CallOptions, 'signal'>

/**
 * Jobs of one kind, which outlive what added them. A job is started at least once: a handler whose worker dies in the middle is
 * started again, by another worker; what must not be done twice is marked before. Every call takes `signal` and `timeout`, 60 s
 * by default, and rejects with `NET_CLOSED` when the queue is closed.
 */
export interface JobQueue<P> extends AsyncDisposable {
  readonly name: string
  /**
   * Adds a job; resolves when it is kept. Of an id that the queue has, nothing is added, and `added` is false. Rejects with
   * `NET_BAD_OPTION` for a payload that JSON does not give back as it was, is too long, or is refused by the schema. An error whose
   * `retry` is `safe` says that the job is surely not added; one that is `idempotent`, that nobody knows, and the same call with
   * the same `id` is harmless.
   */
  add(payload: P, options?: AddOptions): Promise<AddedJob>
  /** Starts a worker that runs the handler for each job, until it is closed. Throws `NET_BAD_OPTION`, and `NET_CLOSED` on a closed queue. */
  process(handler: JobHandler<P>, options?: ProcessOptions): JobWorker
  /** The job of that id; undefined if the queue does not have it, or not any more. */
  get(id: string, options?: CallOptions): Promise<JobInfo<P> | undefined>
  /**
   * The job of that id once it is done, failed or `unknown`, wherever it runs; without a time limit unless you give one. Rejects with
   * `NET_NOT_FOUND` if the queue does not have it, or not any more.
   */
  ended(id: string, options?: CallOptions): Promise<JobInfo<P>>
  /** The jobs of a state, in the order of adding, read page by page. */
  list(state: JobState, options?: CallOptions): AsyncIterable<JobInfo<P>>
  counts(options?: CallOptions): Promise<JobCounts>
  /** No job is started any more, in no worker of the queue; those that run go on. */
  pause(options?: CallOptions): Promise<void>
  resume(options?: CallOptions): Promise<void>
  /** Removes all jobs that wait for their start, delayed ones too; resolves to how many. */
  drain(options?: CallOptions): Promise<number>
  /** Puts all failed jobs back, with all their attempts; resolves to how many. */
  retryFailed(options?: CallOptions): Promise<number>
  /** Puts one job back that is failed or `unknown`, because its work was not done; false if it is neither. */
  retry(id: string, options?: CallOptions): Promise<boolean>
  /** Removes a job; false if there is none. `NET_BUSY` for one that runs. */
  remove(id: string, options?: CallOptions): Promise<boolean>
  /** What happens from now on, in all processes; a reader that is 1,000 behind misses some, and is told. Ends when the queue is closed. */
  events(options?: EventsOptions): AsyncGenerator<QueueEvent, undefined, undefined>
  /** Settles when it is closed. Never rejects. */
  readonly closed: Promise<NetError | undefined>
  /** Closes its workers, with that grace, does what was asked for before, and lets go of the store. Jobs stay where they are. */
  close(options?: CloseOptions): Promise<void>
}

/** A queue over a store, which it closes. */
export class QueueOverStore<P> implements JobQueue<P> {
  readonly name: string
  readonly closed: Promise<NetError | undefined>
  readonly #store: JobStore
  readonly #plan: QueuePlan<P>
  readonly #workers = new Set<JobWorker>()
  readonly #feeds = new Set<EventFeed>()
  readonly #waits = new Set<JobWait>()
  readonly #additions: Batch<NewJob, JobState | undefined>
  readonly #closed = Promise.withResolvers<NetError | undefined>()
  /** Calls on their way to the store and back; not those that wait for the end of a job. */
  readonly #underWay = new UnderWay()
  /** What every `add` is. */
  readonly #adding: CallPlace & { readonly spec: OperationSpec }
  #over: Promise<void> | undefined

  constructor(name: string, store: JobStore, plan: QueuePlan<P>) {
    this.name = name
    this.#store = roadOf(this, store)
    this.#plan = plan
    this.closed = this.#closed.promise
    this.#additions = new Batch(
      (jobs) => this.#store.add(jobs),
      ({ payload }) => payload.length,
    )
    const what = { protocol: 'queue', target: name }
    const { client } = plan
    const spec: OperationSpec = { ...what, operation: 'add', kind: 'command', client }
    this.#adding = { ...what, call: 'add', spec }
  }

  add(payload: P, options?: AddOptions): Promise<AddedJob> {
    let job: NewJob
    try {
      job = inCall(this.#adding, () => this.#newJob(payload, options))
    } catch (error) {
      return Promise.reject(error)
    }
    const { schema } = this.#plan
    const now = schema === undefined ? this.#store.atOnce : undefined
    if (now !== undefined) {
      return atOnce(this.#adding.spec, options, (op) => addedJob(job, now.add(traced(job, op))))
    }
    const work = async (_: unknown, sent: () => void, op: Operation): Promise<AddedJob> => {
      if (schema !== undefined) await validPayload(payload, schema)
      sent()
      return addedJob(job, await this.#additions.add(traced(job, op.id)))
    }
    return this.#operate({ operation: 'add', options, idempotent: false }, undefined, work)
  }

  process(handler: JobHandler<P>, options?: ProcessOptions): JobWorker {
    const taken = inCall({ protocol: 'queue', call: 'process', target: this.name }, () => {
      this.#checkOpen()
      argument('the handler', option.callback(), handler)
      return processOptions(options)
    })
    const { client, schema, maxResult } = this.#plan
    const worker = new RunningWorker<P>({
      queue: this.name,
      store: this.#store,
      client,
      handler,
      deadlineGrace: taken.deadlineGrace ?? 10_000,
      options: taken,
      maxResult,
      payload: (text) => {
        const value: unknown = JSON.parse(text)
        return schema === undefined ? (value as P) : validPayload(value, schema)
      },
    })
    this.#workers.add(worker)
    void worker.closed.then(() => this.#workers.delete(worker))
    return worker
  }
  get(id: string, options?: CallOptions): Promise<JobInfo<P> | undefined> {
    return this.#call(
      { operation: 'get', options },
      () => argument('the id', jobName, id),
      async (name, sent) => {
        sent()
        const job = await this.#store.get(name)
        return job && infoOf<P>(job)
      },
    )
  }

  ended(id: string, options?: CallOptions): Promise<JobInfo<P>> {
    return this.#call(
      { operation: 'ended', options, kind: 'session' },
      () => argument('the id', jobName, id),
      async (name, sent, op) => {
        sent()
        const wait = new JobWait()
        this.#waits.add(wait)
        try {
          return infoOf<P>(await jobEnd(this.#store, name, op, wait))
        } finally {
          this.#waits.delete(wait)
        }
      },
    )
  }

  list(state: JobState, options?: CallOptions): AsyncIterable<JobInfo<P>> {
    const page = (after: number): Promise<readonly StoredJob[]> =>
      this.#call(
        { operation: 'list', options },
        () => argument('the state', jobState, state),
        (of, sent) => {
          sent()
          return this.#store.list(of, after, PAGE)
        },
      )
    return pages<P>(page)
  }

  counts(options?: CallOptions): Promise<JobCounts> {
    return this.#command('counts', options, () => this.#store.counts())
  }

  async pause(options?: CallOptions): Promise<void> {
    await this.#command('pause', options, () => this.#store.pause(true))
  }

  async resume(options?: CallOptions): Promise<void> {
    await this.#command('resume', options, () => this.#store.pause(false))
  }

  drain(options?: CallOptions): Promise<number> {
    return this.#command('drain', options, () => this.#store.drain())
  }

  retryFailed(options?: CallOptions): Promise<number> {
    return this.#command('retryFailed', options, () => this.#store.retry(undefined))
  }

  retry(id: string, options?: CallOptions): Promise<boolean> {
    return this.#call(
      { operation: 'retry', options },
      () => argument('the id', jobName, id),
      async (name, sent) => {
        sent()
        return (await this.#store.retry(name)) > 0
      },
    )
  }

  remove(id: string, options?: CallOptions): Promise<boolean> {
    return this.#call(
      { operation: 'remove', options },
      () => argument('the id', jobName, id),
      async (name, sent) => {
        sent()
        const state = await this.#store.remove(name)
        if (state !== 'active') return state !== undefined
        throw netError('NET_BUSY', { message: 'the job runs; it can be removed when it has ended' })
      },
    )
  }

  events(options?: EventsOptions): AsyncGenerator<QueueEvent, undefined, undefined> {
    const { signal } = inCall({ protocol: 'queue', call: 'events', target: this.name }, () => {
      this.#checkOpen()
      return eventsOptions(options)
    })
    const listen = (listener: (event: QueueEvent) => void): Promise<() => void> =>
      this.#store.onEvent(listener)
    let isOver = false
    const feed = new EventFeed(listen, signal, (ended) => {
      isOver = true
      this.#feeds.delete(ended)
    })
    // Its signal may have aborted before.
    if (!isOver) this.#feeds.add(feed)
    return feed
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
    await Promise.all([...this.#workers].map((worker) => worker.close({ grace })))
    for (const feed of this.#feeds) await feed.return()
    for (const wait of this.#waits) wait.end()
    // What was asked for before the close is done, unless the store is away for longer than that.
    await this.#underWay.ended(grace)
    await this.#store.close()
    this.#closed.resolve(undefined)
  }

  #newJob(payload: P, options: AddOptions | undefined): NewJob {
    this.#checkOpen()
    const taken = addOptions(options)
    const { id = randomId(), delay = 0, priority = 0, attempts = 3 } = taken
    const { text, fault } = storedJson(payload, 'payload', this.#plan.maxPayload)
    if (fault !== undefined) throw netError('NET_BAD_OPTION', { message: fault })
    const { deadline, group, traceparent } = taken
    const ends = deadline === Infinity ? undefined : deadline
    return { id, payload: text, delay, priority, attempts, deadline: ends, group, traceparent }
  }

  #command<R>(verb: string, options: CallOptions | undefined, work: () => Promise<R>): Promise<R> {
    return this.#call(
      { operation: verb, options },
      () => callOptions(options),
      (_, sent) => {
        sent()
        return work()
      },
    )
  }

  async #call<T, R>(
    verb: Verb,
    check: () => T,
    work: (taken: T, sent: () => void, op: Operation) => Promise<R>,
  ): Promise<R> {
    const taken = inCall({ protocol: 'queue', call: verb.operation, target: this.name }, () => {
      this.#checkOpen()
      return check()
    })
    return this.#operate(verb, taken, work)
  }

  /** Runs a call whose arguments are right. */
  #operate<T, R>(
    verb: Verb,
    taken: T,
    work: (taken: T, sent: () => void, op: Operation) => Promise<R>,
  ): Promise<R> {
    const { operation: call, options, idempotent = true, kind = 'command' } = verb
    const { name: target } = this
    const { client } = this.#plan
    const { ready } = this.#store
    const called = operation(
      { protocol: 'queue', operation: call, target, kind, idempotent, client },
      options,
      (op) =>
        op.attempt(async (attempt) => {
          if (ready !== undefined) await op.phase('connect', () => stoppable(op, ready()))
          return work(taken, () => attempt.sent(), op)
        }),
    )
    return kind === 'command' ? this.#underWay.counted(called) : called
  }

  #checkOpen(): void {
    if (this.#over !== undefined) throw closedError()
  }
}

/** What is called, and whether it may be repeated when nobody knows whether it was done. */
interface Verb {
  readonly operation: string
  readonly options: CallOptions | undefined
  readonly idempotent?: boolean
  readonly kind?: CallKind
}

/** The job with the trace of the operation that adds it, so that its work elsewhere is seen as a part of what asked for it. */
function traced(job: NewJob, operation: number | undefined): NewJob {
  if (operation === undefined || job.traceparent !== undefined) return job
  const traceparent = traceparentOf(operation)
  return traceparent === undefined ? job : { ...job, traceparent }
}

function addedJob({ id, delay }: NewJob, there: JobState | undefined): AddedJob {
  const state = there ?? (delay > 0 ? 'delayed' : 'waiting')
  return { id, added: there === undefined, state }
}

async function* pages<P>(
  page: (after: number) => Promise<readonly StoredJob[]>,
): AsyncGenerator<JobInfo<P>, void> {
  let after = 0
  for (;;) {
    const jobs = await page(after)
    for (const job of jobs) yield infoOf<P>(job)
    if (jobs.length < PAGE) return
    after = jobs.at(-1)?.place ?? Infinity
  }
}

const PAGE = 100
const closeGrace = closeDoor({ protocol: 'queue', call: 'close' })
const eventsOptions = optionsDoor<EventsOptions>({}, { signal: option.signal })
const jobState = option.oneOf('waiting', 'delayed', 'active', 'done', 'failed', 'unknown')
