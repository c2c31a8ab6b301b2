/* The options of `process`, and the door that they pass. */

import type { BackOffOptions } from '@net/core'
import {
  backOffTable,
  option,
  optionsDoor,
  optionsObject,
  type OptionsDoor,
  type Shape,
  type Taken,
} from '@net/core/authoring'

/** Options of `process`. Times are in milliseconds. */
export interface ProcessOptions {
  /** How many jobs run at a time in this worker. Default 1. */
  readonly concurrency?: number | undefined
  /** How many jobs start in any stretch of time, in all workers of the queue together. Default no limit. */
  readonly rate?: JobRate | undefined
  /** Limits of each group by itself, in all workers together; the last worker that says something is right. Default none. */
  readonly perGroup?: GroupLimits | undefined
  /**
   * How failures are repeated, up to the `attempts` of the job: an error of these packages unless its `retry` is `never`, any
   * other error always; nothing that has been marked, unless the error says that it was surely not done. `false` repeats none.
   */
  readonly retry?: false | JobRetryOptions | undefined
  /**
   * How long a job stays this worker's without a sign of life; it is prolonged all the time. After that the worker counts as dead,
   * and another one gets the job. Default 30,000, at least 100.
   */
  readonly lease?: number | undefined
  /** How long a handler may go on after its signal has aborted at the deadline, before its job is given up. Default 10,000. */
  readonly deadlineGrace?: number | undefined
  /** When it aborts, the worker closes with `grace`. */
  readonly signal?: AbortSignal | undefined
  /** The grace of a close by `signal`. Default 2,000. */
  readonly grace?: number | undefined
}

/** So many starts in any stretch of that length. */
export interface JobRate {
  readonly limit: number
  /** Default 1,000. */
  readonly interval?: number | undefined
}

/** What holds for each group by itself. */
export interface GroupLimits {
  readonly concurrency?: number | undefined
  readonly rate?: JobRate | undefined
}

/** How a failed job is repeated: never before the error's `retryAfter`. Default delays: 1 s, doubled, up to an hour. */
export interface JobRetryOptions extends BackOffOptions {
  /** Decides instead of the error's retry class, for what is not marked. */
  readonly when?: ((error: unknown, attempt: number) => boolean) | undefined
}

const rate: Shape<Taken<JobRate>> = option.either<Taken<JobRate>>(
  [
    optionsObject<JobRate>({
      limit: option.required(option.between(1, 100_000)),
      interval: option.limit,
    }),
  ],
  'an object such as { limit: 10, interval: 1000 }',
)

/** The door of `process`. */
export const processOptions: OptionsDoor<ProcessOptions> = optionsDoor<ProcessOptions>(
  {},
  {
    concurrency: option.between(1, 10_000),
    rate,
    perGroup: optionsObject<GroupLimits>({ concurrency: option.between(1, 10_000), rate }),
    retry: option.either<false | JobRetryOptions>(
      [
        option.oneOf(false),
        optionsObject<JobRetryOptions>({ ...backOffTable, when: option.callback() }),
      ],
      'false, or an object such as { delay: 1000 }',
    ),
    lease: option.atLeast(100),
    deadlineGrace: option.milliseconds,
    signal: option.signal,
    grace: option.milliseconds,
  },
)
