/*
 * Running a job again when it failed and a repeat makes sense.
 */

import { isNetError, type NetError, type RetryPolicyOptions } from '@net/core'
import {
  addContext,
  BackOff,
  clock,
  guarded,
  netError,
  option,
  optionsDoor,
  retryTable,
  type Taken,
} from '@net/core/authoring'

import { asError } from './cancellation.ts'
import type { BlockOptions, JobContext } from './job.ts'
import { jobOf } from './option-checks.ts'
import { RunningGroup } from './running-group.ts'
import { sleep } from './sleep.ts'

/** Options of `retry`; `timeout` limits all attempts and the waits between them. */
export interface RetryOptions extends RetryPolicyOptions, BlockOptions {
  /** Whether the job may be repeated when nobody knows whether it was done. Default true. */
  readonly idempotent?: boolean | undefined
  /** Called before each wait. */
  readonly onRetry?: ((failed: FailedTry) => void) | undefined
}

/** An attempt that failed and will be repeated. */
export interface FailedTry {
  readonly error: unknown
  /** 1 for the first attempt. */
  readonly attempt: number
  /** How many milliseconds the next attempt is away. */
  readonly delay: number
}

/** What a job under `retry` works with. */
export interface RetryContext extends JobContext {
  /** 1 for the first attempt. */
  readonly attempt: number
}

/**
 * Runs the job until it succeeds, repeats make no sense or `attempts` (default 3) are used up. Errors of ours are
 * repeated by their retry class, others always, aborts never.
 *
 * The last error is thrown. If earlier attempts failed it has their errors as `attempts`; a foreign one is then
 * the `cause` of a RetryError (`NET_RETRIES_EXHAUSTED`). AbortError, NetTimeoutError (`NET_TIMEOUT_TOTAL`) and
 * `NET_TASK_LEAKED` as in `taskGroup`.
 */
export async function retry<T>(
  job: (context: RetryContext) => PromiseLike<T>,
  options?: RetryOptions,
): Promise<T> {
  jobOf('job', job)
  const taken = retryDoor(options)
  const backOff = new BackOff(taken)
  const group = new RunningGroup(taken)
  const earlier: Error[] = []
  try {
    return await group.run(() => attempts(job, { group, backOff, earlier, options: taken }))
  } catch (error) {
    throw earlier.length === 0 ? error : withAttempts(error, earlier)
  }
}

interface Trying {
  readonly group: RunningGroup
  readonly backOff: BackOff
  readonly earlier: Error[]
  readonly options: Taken<RetryOptions>
}

async function attempts<T>(
  job: (context: RetryContext) => PromiseLike<T>,
  { group, backOff, earlier, options }: Trying,
): Promise<T> {
  const { idempotent = true, onRetry } = options
  const started = clock().now()
  const tell = onRetry === undefined ? undefined : guarded('onRetry', onRetry)
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await job(new Attempt(group, attempt))
      backOff.succeeded()
      return result
    } catch (error) {
      const failed = { error, attempt, elapsed: clock().now() - started }
      const delay = group.ending ? undefined : backOff.delay(failed, idempotent)
      if (delay === undefined) throw error
      earlier.push(asError(error))
      tell?.({ error, attempt, delay })
      await sleep(delay, { signal: group.signal })
    }
  }
}

class Attempt implements RetryContext {
  readonly attempt: number
  readonly #group: JobContext

  constructor(group: JobContext, attempt: number) {
    this.#group = group
    this.attempt = attempt
  }

  get signal(): AbortSignal {
    return this.#group.signal
  }
}

function withAttempts(error: unknown, earlier: readonly Error[]): NetError {
  // The same error thrown twice would hold itself.
  const before = earlier.filter((failure) => failure !== error)
  if (isNetError(error)) return addContext(error, { attempts: before })
  const last = error instanceof Error ? error.message : String(error)
  const message = `all ${earlier.length + 1} attempts failed, the last: ${last}`
  return netError('NET_RETRIES_EXHAUSTED', { message, cause: error, attempts: before })
}

const retryDoor = optionsDoor<RetryOptions>(
  { protocol: 'async', call: 'retry' },
  {
    ...retryTable,
    signal: option.signal,
    timeout: option.limit,
    grace: option.milliseconds,
    idempotent: option.flag,
    onRetry: option.callback(),
  },
)
