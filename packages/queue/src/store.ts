/*
 * The seam between jobs and where they are kept: memory, a file, Redis. A store moves jobs from state to state, each move at
 * once or not at all, and only for who holds the lease; what a failure means is decided above it. Types only.
 */

import type { JobCounts, JobState } from './job.ts'
import type { QueueEvent } from './queue-event.ts'

/** A job to be kept. Times are in milliseconds from now, sizes in bytes. */
export interface NewJob {
  readonly id: string
  /** JSON. */
  readonly payload: string
  readonly priority: number
  readonly attempts: number
  readonly delay: number
  readonly deadline?: number | undefined
  readonly group?: string | undefined
  readonly traceparent?: string | undefined
}

/** So many starts in any stretch of that length. */
export interface RateRule {
  readonly limit: number
  /** Milliseconds. */
  readonly interval: number
}

/** What a worker asks for. */
export interface ClaimRequest {
  /** The worker; tokens begin with it. */
  readonly holder: string
  readonly max: number
  /** Whether the worker runs nothing now, so that it may take a job that must run alone. */
  readonly idle: boolean
  /** Whether it never runs two at a time, so that each of its jobs runs alone. */
  readonly single: boolean
  /** Milliseconds. */
  readonly lease: number
  readonly rate?: RateRule | undefined
  readonly perGroup?: GroupRule | undefined
}

/** What holds for each group by itself. */
export interface GroupRule {
  readonly concurrency?: number | undefined
  readonly rate?: RateRule | undefined
}

/** A job that a worker has the lease of. */
export interface ClaimedJob {
  readonly id: string
  readonly token: string
  readonly payload: string
  /** Starts so far, this one included. */
  readonly starts: number
  /** Attempts that count against `attempts`, this one included. */
  readonly spent: number
  readonly attempts: number
  readonly priority: number
  readonly group?: string | undefined
  readonly added: number
  /** Milliseconds until its deadline. */
  readonly left?: number | undefined
  readonly traceparent?: string | undefined
  /** Its worker must take no other before it has ended. */
  readonly alone: boolean
}

/** What a worker gets. */
export interface Claimed {
  readonly jobs: readonly ClaimedJob[]
  /** Milliseconds after which to ask again, unless a change is told before; `Infinity` for never. */
  readonly wait: number
  /** A job that must run alone waits for a worker that runs nothing. */
  readonly quiet: boolean
}

/** Proof that a worker holds a job. */
export interface JobLease {
  readonly id: string
  readonly token: string
}

/** How an attempt ended. */
export interface Settlement extends JobLease {
  readonly to: 'done' | 'failed' | 'unknown' | 'waiting'
  /** JSON. */
  readonly result?: string | undefined
  /** JSON of an error. */
  readonly error?: string | undefined
  /** Milliseconds until it may start again; `to` is `waiting`. */
  readonly delay?: number | undefined
  /** Whether the attempt does not count; `to` is `waiting`. */
  readonly refund?: boolean | undefined
  /** Whether its handler was never called, so that it has not started; with `refund`. */
  readonly unstarted?: boolean | undefined
  /** Milliseconds for which no other job of its group starts. */
  readonly holdGroup?: number | undefined
}

/** A job as it is kept. Times are in milliseconds since 1970. */
export interface StoredJob {
  readonly id: string
  /** Its place among all jobs, in the order of adding. */
  readonly place: number
  readonly state: JobState
  readonly payload: string
  readonly priority: number
  readonly attempts: number
  readonly starts: number
  readonly added: number
  readonly due?: number | undefined
  readonly deadline?: number | undefined
  readonly started?: number | undefined
  readonly finished?: number | undefined
  readonly group?: string | undefined
  readonly traceparent?: string | undefined
  readonly mark?: string | undefined
  /** JSON. */
  readonly progress?: string | undefined
  readonly result?: string | undefined
  readonly error?: string | undefined
}

/** What a finished job may take, each bound by itself. */
export interface Retention {
  /** Milliseconds since it ended. */
  readonly age: number
  /** Jobs of the state. */
  readonly count: number
  /** Payloads, results and errors of the state. */
  readonly bytes: number
}

/** How long finished jobs are kept. */
export interface RetentionRules {
  readonly done: Retention
  readonly failed: Retention
  readonly unknown: Retention
}

/** What a store whose jobs are in this process does without a promise. */
export interface InstantStore {
  /** Undefined if it was added, else the state of the one that has its id. */
  add(job: NewJob): JobState | undefined
  /** Whether it was held, and so is settled. */
  settle(settlement: Settlement): boolean
}

/** The jobs of one queue, wherever they are. */
export interface JobStore {
  /** Absent where a request takes its time. */
  readonly atOnce?: InstantStore | undefined
  /** Resolves when a request can leave at once; absent where it always can. */
  readonly ready?: () => Promise<void>
  /** For each job undefined if it was added, else the state of the one that has its id. */
  add(jobs: readonly NewJob[]): Promise<readonly (JobState | undefined)[]>
  claim(request: ClaimRequest): Promise<Claimed>
  /** Prolongs leases; gives the ids of those that are not held any more. */
  renew(leases: readonly JobLease[], lease: number): Promise<readonly string[]>
  /** For each whether it was held, and so is settled. */
  settle(settlements: readonly Settlement[]): Promise<readonly boolean[]>
  /** Whether it was held, and so is marked, durably. */
  mark(lease: JobLease, name: string): Promise<boolean>
  /** Whether it was held. */
  progress(lease: JobLease, value: string): Promise<boolean>
  get(id: string): Promise<StoredJob | undefined>
  /** Jobs of the state behind that place, in the order of adding. */
  list(state: JobState, after: number, limit: number): Promise<readonly StoredJob[]>
  counts(): Promise<JobCounts>
  pause(paused: boolean): Promise<void>
  /** Removes what waits; gives how many. */
  drain(): Promise<number>
  /** Puts all failed jobs back, or that one, which may be unknown, too. Gives how many. */
  retry(id: string | undefined): Promise<number>
  /** The state that it had; an active one stays. Undefined if there is none. */
  remove(id: string): Promise<JobState | undefined>
  /** Calls back when there may be work. Returns how to stop. */
  onWork(listener: () => void): () => void
  /** Calls back with what happens from now on; resolves, once that is so, to how to stop. */
  onEvent(listener: (event: QueueEvent) => void): Promise<() => void>
  close(): Promise<void>
}
