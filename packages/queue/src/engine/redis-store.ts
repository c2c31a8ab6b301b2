/* A store on Redis or Valkey, for all machines that reach the server. Its rules are those of the script. */

import { clock, openOperation, type ClientContext, type OperationSpec } from '@net/core/authoring'

import type { JobCounts, JobState } from '../job.ts'
import { Listeners } from '../memory/listeners.ts'
import type { QueueEvent } from '../queue-event.ts'
import { deadlineError, diedTemplate, unknownError } from '../stored-error.ts'
import type {
  Claimed,
  ClaimedJob,
  ClaimRequest,
  JobLease,
  JobStore,
  NewJob,
  Retention,
  RetentionRules,
  Settlement,
  StoredJob,
} from '../store.ts'
import type { QueueTls } from './queue-tls.ts'
import { RedisLink } from './redis-link.ts'

/** How a queue on Redis is opened. */
export interface RedisStorePlan {
  readonly url: URL
  readonly keep: RetentionRules
  readonly allowEviction: boolean
  readonly tls?: QueueTls | undefined
  readonly client?: ClientContext | undefined
}

/** The jobs of one queue on a server. */
export class RedisStore implements JobStore {
  readonly #listeners = new Listeners()
  readonly #link: RedisLink
  readonly #keep: string
  readonly #look: OperationSpec
  readonly ready: () => Promise<void>

  constructor(name: string, plan: RedisStorePlan) {
    const { url, keep, allowEviction, tls, client } = plan
    const what = { protocol: 'queue', operation: 'connect', kind: 'session' } as const
    this.#look = { ...what, target: name, endpoint: url.host, client }
    this.#keep = JSON.stringify({
      done: finite(keep.done),
      failed: finite(keep.failed),
      unknown: finite(keep.unknown),
    })
    this.#link = new RedisLink(
      { url, prefix: `net:{${name}}:`, allowEviction, tls },
      {
        work: () => this.#listeners.work(),
        event: (text) => this.#heard(text),
        warn: (message) => this.#warn(message),
        missed: () => {
          this.#listeners.work()
          this.#listeners.tell({ type: 'missed', time: clock().date() })
        },
      },
    )
    this.ready = () => this.#link.ready()
  }

  async add(jobs: readonly NewJob[]): Promise<readonly (JobState | undefined)[]> {
    const there = (await this.#run('add', jobs.flatMap(addArguments))) as readonly string[]
    return there.map((state) => (state === '' ? undefined : (state as JobState)))
  }

  async claim(request: ClaimRequest): Promise<Claimed> {
    const { holder, max, idle, single, lease, rate, perGroup } = request
    const [wait = -1, quiet, ...fields] = (await this.#run('claim', [
      holder,
      Math.min(max, MOST_CLAIMED),
      idle ? 1 : 0,
      single ? 1 : 0,
      lease,
      rate?.limit ?? 0,
      rate?.interval ?? 0,
      perGroup === undefined ? '' : JSON.stringify(perGroup),
      ERRORS,
    ])) as readonly (string | number)[]
    const jobs: ClaimedJob[] = []
    for (let at = 0; at < fields.length; at += CLAIMED_FIELDS) {
      jobs.push(claimedJob(fields.slice(at, at + CLAIMED_FIELDS)))
    }
    // What is published may be lost on the way.
    const look = Number(wait) < 0 ? LONGEST_LOOK : Math.min(Number(wait), LONGEST_LOOK)
    return { jobs, wait: look, quiet: quiet === 1 }
  }

  async renew(leases: readonly JobLease[], lease: number): Promise<readonly string[]> {
    const pairs = leases.flatMap(({ id, token }) => [id, token])
    return (await this.#run('renew', [lease, ...pairs])) as readonly string[]
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly boolean[]> {
    const args = settlements.flatMap(settleArguments)
    const settled = (await this.#run('settle', args)) as readonly number[]
    return settled.map((each) => each === 1)
  }

  async mark({ id, token }: JobLease, name: string): Promise<boolean> {
    return (await this.#run('mark', [id, token, name])) === 1
  }

  async progress({ id, token }: JobLease, value: string): Promise<boolean> {
    return (await this.#run('progress', [id, token, value])) === 1
  }

  async get(id: string): Promise<StoredJob | undefined> {
    const values = (await this.#run('get', [id])) as Fields
    return values.length === 0 ? undefined : storedJob(values)
  }

  async list(state: JobState, after: number, limit: number): Promise<readonly StoredJob[]> {
    const jobs = (await this.#run('list', [state, after, limit])) as readonly Fields[]
    return jobs.map(storedJob)
  }

  async counts(): Promise<JobCounts> {
    const [waiting = 0, delayed = 0, active = 0, done = 0, failed = 0, unknown = 0, ...more] =
      (await this.#run('counts', [])) as readonly number[]
    const [bytes = 0, paused] = more
    return { waiting, delayed, active, done, failed, unknown, bytes, paused: paused === 1 }
  }

  async pause(paused: boolean): Promise<void> {
    await this.#run('pause', [paused ? 1 : 0])
  }

  drain(): Promise<number> {
    return this.#all('drain', [])
  }

  async retry(id: string | undefined): Promise<number> {
    if (id === undefined) return this.#all('retry', [''])
    const [count] = await this.#part('retry', [id], START)
    return count
  }

  async remove(id: string): Promise<JobState | undefined> {
    const state = (await this.#run('remove', [id])) as string
    return state === '' ? undefined : (state as JobState)
  }

  onWork(listener: () => void): () => void {
    const stop = this.#listeners.onWork(listener)
    this.#link.listen().then(listener, () => {})
    return stop
  }

  async onEvent(listener: (event: QueueEvent) => void): Promise<() => void> {
    const stop = this.#listeners.onEvent(listener)
    try {
      await this.#link.listen()
    } catch (error) {
      stop()
      throw error
    }
    return stop
  }

  async close(): Promise<void> {
    this.#link.close()
  }

  /** What the server says about itself is an operation of its own: whichever call comes first has nothing to do with it. */
  #warn(message: string): void {
    const op = openOperation(this.#look, undefined)
    op.begin()
    op.warn(message)
    op.succeeded()
  }

  /** The script does a part of it at a time, so that it holds nobody up, and each job once: what comes back meanwhile stays. */
  async #all(verb: string, args: readonly string[]): Promise<number> {
    let sum = 0
    for (let from: Stretch = START; ;) {
      const [count, after, until, more] = await this.#part(verb, args, from)
      sum += count
      if (more === 0) return sum
      from = { after, until }
    }
  }

  async #part(verb: string, args: readonly string[], { after, until }: Stretch): Promise<Part> {
    return (await this.#run(verb, [...args, after, until])) as Part
  }

  /** Whoever reaches the server may say something there. */
  #heard(text: string): void {
    let event: unknown
    try {
      event = JSON.parse(text)
    } catch {
      return
    }
    if (typeof event === 'object' && event !== null) this.#listeners.tell(event as QueueEvent)
  }

  #run(verb: string, args: readonly (string | number)[]): Promise<unknown> {
    return this.#link.run(verb, [this.#keep, ...args])
  }
}

/** Places of jobs: those behind the one, up to the other; the script knows where the first part ends. */
interface Stretch {
  readonly after: string
  readonly until: string
}

/** How many jobs, how far it came, and whether to go on. */
type Part = readonly [count: number, after: string, until: string, more: number]

type Fields = readonly (string | null)[]

function addArguments(job: NewJob): (string | number)[] {
  const { id, payload, priority, attempts, delay, deadline, group, traceparent } = job
  const left = deadline ?? ''
  return [id, payload, priority, attempts, delay, left, group ?? '', traceparent ?? '']
}

function settleArguments(how: Settlement): (string | number)[] {
  const { id, token, to, result, error, delay, refund, unstarted, holdGroup } = how
  return [
    id,
    token,
    to,
    result ?? '',
    error ?? '',
    delay ?? 0,
    unstarted === true ? 2 : Number(refund === true),
    holdGroup ?? 0,
  ]
}

function claimedJob(fields: readonly (string | number)[]): ClaimedJob {
  const [id, token, payload, starts, spent, attempts, priority, group, added, left, trace, alone] =
    fields.map(String)
  return {
    id: id ?? '',
    token: token ?? '',
    payload: payload ?? '',
    starts: Number(starts),
    spent: Number(spent),
    attempts: Number(attempts),
    priority: Number(priority),
    group: text(group),
    added: Number(added),
    left: number(left),
    traceparent: text(trace),
    alone: alone === '1',
  }
}

function storedJob(fields: Fields): StoredJob {
  const [id, place, state, payload, priority, attempts, starts, added, ...more] = fields
  const [due, deadline, started, finished, group, trace, mark, progress, result, error] = more
  return {
    id: id ?? '',
    place: Number(place),
    state: state as JobState,
    payload: payload ?? '',
    priority: Number(priority),
    attempts: Number(attempts),
    starts: Number(starts),
    added: Number(added),
    due: state === 'delayed' ? number(due) : undefined,
    deadline: number(deadline),
    started: number(started),
    finished: number(finished),
    group: text(group),
    traceparent: text(trace),
    // Its name may be empty.
    mark: mark ?? undefined,
    progress: text(progress),
    result: text(result),
    error: text(error),
  }
}

function text(value: string | null | undefined): string | undefined {
  return value == null || value === '' ? undefined : value
}

function number(value: string | null | undefined): number | undefined {
  return value == null || value === '' ? undefined : Number(value)
}

/** JSON has no Infinity. */
function finite({ age, count, bytes }: Retention): Retention {
  const [most = 0, ...others] = [age, count, bytes].map((each) => Math.min(each, 1e300))
  const [jobs = 0, size = 0] = others
  return { age: most, count: jobs, bytes: size }
}

const ERRORS = JSON.stringify({
  deadline: deadlineError,
  died: diedTemplate,
  unknown: unknownError,
})
const CLAIMED_FIELDS = 12
const MOST_CLAIMED = 400
const START: Stretch = { after: '0', until: '' }
const LONGEST_LOOK = 5000
