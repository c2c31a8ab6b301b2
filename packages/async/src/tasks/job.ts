/*
 * What runs inside the constructs of this package: jobs, which are functions and never promises, and the options
 * that every wait takes.
 */

/** What a job works with. */
export interface JobContext {
  /** Aborts when the job should end; made at the first look, so a job that does not read it pays nothing. */
  readonly signal: AbortSignal
}

/** Work that has not begun. */
export type Job<T> = (context: JobContext) => PromiseLike<T>

/** Options of every wait. */
export interface WaitOptions {
  /** Aborting it ends the wait with an AbortError whose `cause` is the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Limit of the whole wait in milliseconds; default none. Past it: NET_TIMEOUT_TOTAL. */
  readonly timeout?: number | undefined
}

/** Options of everything that runs jobs and ends only when they have ended. */
export interface BlockOptions extends WaitOptions {
  /**
   * How many milliseconds a cancelled job has to end; then the block rejects with NET_TASK_LEAKED. Default 10,000;
   * `Infinity` waits for ever.
   */
  readonly grace?: number | undefined
}
