/*
 * Running a job again when it failed and a repeat makes sense.
 */

import { isNetError, type NetError, type RetryPolicyOptions } from '@net/core'
import {
  addContext,
  BackOff,
  clock,
  EarlierFailures,
  earn,
  guarded,
  inCall,
  netError,
  option,
  optionsDoor,
  own,
  retryTable,
  thrownMessage,
  type CallPlace,
  type Taken,
} from '@net/core/authoring'

import { asError } from '../tasks/cancellation.ts'
import { taskChannel } from '../inspection/task-events.ts'
import type { BlockOptions, JobContext } from '../tasks/job.ts'
import { jobOf } from '../option-checks.ts'
import { RunningGroup } from '../groups/running-group.ts'
import { sleep } from '../tasks/sleep.ts'

/** Options of `retry`; `timeout` limits all attempts and the waits between them. */
export interface RetryOptions extends RetryPolicyOptions, BlockOptions {
  /** Whether the job may be repeated when it is unknown whether it was done. Default true. */
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
  inCall(PLACE, () => refuseNumber(options))
  const taken = attemptsAlone(options) ?? retryDoor(options)
  if (needsGroup(taken)) return new Retrying(job, taken).run()
  const started = needsTime(taken) ? clock().now() : 0
  try {
    const result = await job(new FirstAttempt())
    earn(taken.budget)
    return result
  } catch (error) {
    return new Retrying(job, taken, started).runAfter(error)
  }
}

function refuseNumber(options: unknown): void {
  if (typeof options !== 'number') return
  const message = `the argument must be an object of options, not a number; write { attempts: ${options} }`
  throw netError('NET_BAD_OPTION', { message })
}

/** Options with a number of attempts only, as most are; the door costs as much as the rest of a call. */
function attemptsAlone(options: RetryOptions | undefined): Taken<RetryOptions> | undefined {
  if (options === undefined) return undefined
  for (const name in options) if (name !== 'attempts') return undefined
  const attempts = own(options, 'attempts')
  return attempts !== undefined && retryTable.attempts.fits(attempts) ? { attempts } : undefined
}

/** Whether the first attempt can be ended, or is observed. Most calls succeed at once, and then need no group. */
function needsGroup({ signal, timeout }: Taken<RetryOptions>): boolean {
  return signal !== undefined || timeout !== undefined || taskChannel.hasSubscribers
}

/** Whether an option needs the elapsed time; reading the clock costs as much as the rest of a call. */
function needsTime({ stop, wait }: Taken<RetryOptions>): boolean {
  return stop !== undefined || wait !== undefined
}

class Retrying<T> {
  readonly #job: (context: RetryContext) => PromiseLike<T>
  readonly #options: Taken<RetryOptions>
  readonly #group: RunningGroup
  readonly #backOff: BackOff
  readonly #started: number
  readonly #earlier = new EarlierFailures<Error>()
  readonly #tell: ((failed: FailedTry) => void) | undefined

  constructor(
    job: (context: RetryContext) => PromiseLike<T>,
    options: Taken<RetryOptions>,
    started: number = clock().now(),
  ) {
    this.#job = job
    this.#options = options
    this.#group = new RunningGroup(options)
    this.#backOff = new BackOff(options)
    this.#started = started
    this.#tell = options.onRetry && guarded('onRetry', options.onRetry)
  }

  /** Runs all attempts. */
  run(): Promise<T> {
    return this.#within(async () => this.#attempts(1))
  }

  /** Runs what comes after a first attempt that has failed. */
  runAfter(error: unknown): Promise<T> {
    return this.#within(async () => {
      await this.#again(error, 1)
      return this.#attempts(2)
    })
  }

  async #within(attempts: () => Promise<T>): Promise<T> {
    try {
      return await this.#group.run(attempts)
    } catch (error) {
      throw this.#earlier.count === 0 ? error : withAttempts(error, this.#earlier)
    }
  }

  async #attempts(first: number): Promise<T> {
    for (let attempt = first; ; attempt++) {
      try {
        const result = await this.#job(new Attempt(this.#group, attempt))
        this.#backOff.succeeded()
        return result
      } catch (error) {
        await this.#again(error, attempt)
      }
    }
  }

  /** Waits for the time of the next attempt; throws the error if there is no next attempt. */
  async #again(error: unknown, attempt: number): Promise<void> {
    const now = clock().now()
    const left = this.#group.scope.deadline - now
    const failed = { error, attempt, elapsed: now - this.#started, left }
    const { idempotent = true } = this.#options
    const delay = this.#group.ending ? undefined : this.#backOff.delay(failed, idempotent)
    if (delay === undefined) throw error
    this.#earlier.add(asError(error))
    this.#tell?.({ error, attempt, delay })
    await sleep(delay, { signal: this.#group.signal })
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

/** An attempt that nothing can end from outside. */
class FirstAttempt implements RetryContext {
  readonly attempt = 1
  #signal: AbortSignal | undefined

  get signal(): AbortSignal {
    this.#signal ??= new AbortController().signal
    return this.#signal
  }
}

function withAttempts(error: unknown, earlier: EarlierFailures<Error>): NetError {
  const before = earlier.before(error)
  if (isNetError(error)) return addContext(error, { attempts: before })
  const message = `all ${earlier.count + 1} attempts failed, the last: ${thrownMessage(error)}`
  return netError('NET_RETRIES_EXHAUSTED', { message, cause: error, attempts: before })
}

const PLACE: CallPlace = { protocol: 'async', call: 'retry' }
const retryDoor = optionsDoor<RetryOptions>(PLACE, {
  ...retryTable,
  signal: option.signal,
  timeout: option.limit,
  grace: option.milliseconds,
  idempotent: option.flag,
  onRetry: option.callback(),
})
