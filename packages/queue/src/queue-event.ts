/* What happens to the jobs of a queue, as listeners are told. Types only. */

/** One thing that happened. */
export interface QueueEvent {
  /**
   * `added`, `started`, `progress`, `marked`, `done`, `failed`, `unknown`; `retrying` after a failure that is repeated,
   * `returned` by a worker that was closed, `stalled` when its worker died and it waits again; `removed`, also by the bounds of
   * what is kept; `paused` and `resumed`, which are of the queue; `missed` when events may have been lost.
   */
  readonly type:
    | 'added'
    | 'started'
    | 'progress'
    | 'marked'
    | 'done'
    | 'failed'
    | 'unknown'
    | 'retrying'
    | 'returned'
    | 'stalled'
    | 'removed'
    | 'paused'
    | 'resumed'
    | 'missed'
  /** Milliseconds since 1970. */
  readonly time: number
  /** The job; absent for what happened to the queue. */
  readonly id?: string
  /** Starts so far. */
  readonly attempt?: number
  /** Milliseconds until it may start again. */
  readonly delay?: number
  readonly mark?: string
  readonly transferred?: number
  readonly total?: number
  /** Why it failed, as the message of its error. */
  readonly reason?: string
}
