/* What a job is, as programs see it. Types only. */

/** Where a job stands. */
export type JobState = 'waiting' | 'delayed' | 'active' | 'done' | 'failed' | 'unknown'

/** A job as its handler gets it. */
export interface Job<P> {
  readonly id: string
  /** A copy of its own: changes are seen by nobody else, and not by a later attempt. */
  readonly payload: P
  /** 1 for the first start. Starts count, also those whose worker died. */
  readonly attempt: number
  /** How many attempts it has; a start whose worker died beside other jobs takes none of them. */
  readonly attempts: number
  readonly priority: number
  readonly group?: string
  /** When it was added, in milliseconds since 1970. */
  readonly added: number
  /** The W3C trace context that was given with it. */
  readonly traceparent?: string
}

/** A job as a queue tells of it. Times are in milliseconds since 1970. */
export interface JobInfo<P> extends Job<P> {
  readonly state: JobState
  /** Not before then; `state` is `delayed`. */
  readonly due?: number
  /** It fails unless it has ended by then. */
  readonly deadline?: number
  readonly started?: number
  readonly finished?: number
  /** The last mark of the attempt that ended or is under way. */
  readonly mark?: string
  readonly progress?: { readonly transferred: number; readonly total?: number }
  /** What the handler returned; absent for one that JSON cannot carry or that is too large. */
  readonly result?: unknown
  /** Why its last attempt failed, or why nobody knows. */
  readonly error?: Error
}

/** How many jobs a queue has in each state. */
export interface JobCounts extends Readonly<Record<JobState, number>> {
  /** What their payloads, results and errors take, in bytes. */
  readonly bytes: number
  /** Whether no job is started. */
  readonly paused: boolean
}

/** What `add` resolves to. */
export interface AddedJob {
  readonly id: string
  /** False if a job of that id was there already; then that one is as it was, and this payload is dropped. */
  readonly added: boolean
  /** The state of the job that has the id. */
  readonly state: JobState
}
