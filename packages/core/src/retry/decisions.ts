/*
 * What is decided after each attempt that failed: whether to stop, how long to wait, whether the error is worth another.
 */

/** What `stop` and `wait` decide by. Times are in milliseconds. */
export interface FailureSoFar {
  readonly error: unknown
  /** 1 for the first attempt. */
  readonly attempt: number
  /** Since the call began. */
  readonly elapsed: number
  /** What is left of the call's time limit; undefined and `Infinity` say that it has none. */
  readonly left?: number | undefined
}

/** Whether there are to be no more attempts. */
export type RetryStop = (failed: FailureSoFar) => boolean
/** How many milliseconds to wait before the next attempt. */
export type RetryWait = (failed: FailureSoFar) => number
/** Whether an error is worth another attempt. */
export type RetryFilter = (error: unknown, attempt: number) => boolean
