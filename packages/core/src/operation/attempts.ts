/*
 * The attempts of one operation: run, and run again while the retry policy says so. Decides what the loss of a
 * connection means: harmless before something was sent, unknown afterwards.
 */

import { isPromise } from 'node:util/types'

import { callerFault } from '../callbacks/caller-fault.ts'
import { guarded } from '../callbacks/guarded.ts'
import { clock } from '../time/clock.ts'
import { codes, type RetryClass } from '../errors/codes.ts'
import { markGone } from '../errors/gone-client.ts'
import {
  ConnectionLostError,
  isNetError,
  ProxyError,
  replaceContext,
  type ErrorContext,
  type NetError,
} from '../errors/net-error.ts'
import type { Narrator } from './narrator.ts'
import type { Attempt, Attempts } from './operation-spec.ts'
import { argument, shape } from '../options/shape.ts'
import { EarlierFailures } from '../retry/earlier-failures.ts'
import type { FailedAttempt, RetryPolicy } from '../retry/policy.ts'
import type { Limits } from '../time/limits.ts'
import { Scope } from './scope.ts'

/** What attempts need of their operation. */
export interface AttemptHost {
  readonly policy: RetryPolicy | undefined
  readonly idempotent: boolean
  readonly usable: ((error: NetError) => boolean) | undefined
  readonly root: Scope
  readonly narrator: Narrator
  readonly limits: Limits
  /** Makes the scope of an attempt the operation's current one. */
  enter(scope: Scope): void
  describe(error: unknown, context: ErrorContext): unknown
}

/** Runs attempts until one succeeds or the policy gives up; the last error has the earlier ones as `attempts`. */
export function runAttempts<T>(
  run: (attempt: Attempt) => Promise<T>,
  host: AttemptHost,
): Promise<T> {
  const steps = new AttemptSteps(host)
  // Most calls have one attempt. It is not awaited: an async function takes more memory while it waits, and calls in line are many.
  return attempted(run, steps).then(
    (result) => {
      steps.succeeded()
      return result
    },
    (error: unknown) => furtherAttempts(run, steps, error),
  )
}

/** Runs attempts as `runAttempts` does, of which the first one has failed before it began, such as in a line. */
export function runFurtherAttempts<T>(
  run: (attempt: Attempt) => Promise<T>,
  host: AttemptHost,
  thrown: unknown,
): Promise<T> {
  return furtherAttempts(run, new AttemptSteps(host), thrown)
}

async function furtherAttempts<T>(
  run: (attempt: Attempt) => Promise<T>,
  steps: AttemptSteps,
  thrown: unknown,
): Promise<T> {
  for (let error = thrown; ;) {
    await steps.failed(error)
    try {
      const result = await attempted(run, steps)
      steps.succeeded()
      return result
    } catch (again) {
      error = again
    }
  }
}

function attempted<T>(run: (attempt: Attempt) => Promise<T>, steps: AttemptSteps): Promise<T> {
  const attempt = steps.begin()
  return attempt.scope.race(() => run(attempt))
}

/** The attempts of a call, step by step: each is begun, and then succeeds or fails. */
export class AttemptSteps implements Attempts {
  readonly #host: AttemptHost
  #current: RunningAttempt | undefined
  #failures: EarlierFailures<NetError> | undefined

  constructor(host: AttemptHost) {
    this.#host = host
  }

  begin(): RunningAttempt {
    const host = this.#host
    const before = this.#current
    const attempt = new RunningAttempt((before?.number ?? 0) + 1)
    this.#current = attempt
    // Not earlier: the last attempt's scope lives on in what it returned, and the operation must reach it.
    if (before !== undefined) host.root.leave(before.scope)
    host.root.adopt(attempt.scope)
    host.enter(attempt.scope)
    return attempt
  }

  succeeded(): void {
    tellSuccess(this.#host.policy)
  }

  async failed(thrown: unknown): Promise<void> {
    const host = this.#host
    // A call that says so without an attempt means its first one.
    const { number, scope, wasSent } = this.#current ?? this.begin()
    const error = host.describe(scope.because(thrown), { sent: wasSent })
    if (!isNetError(error)) throw error
    replaceContext(error, { retry: retryOf(error, wasSent) })
    if (error instanceof ConnectionLostError && host.usable?.(error) === false) markGone(error)
    const delay = delayAfter(error, number, host)
    if (delay === undefined) throw withAttempts(error, this.#failures?.before(error) ?? [])
    this.#failures ??= new EarlierFailures()
    this.#failures.add(error)
    host.narrator.retry(number, delay, error)
    // No attempt runs meanwhile: what fails now is the operation.
    host.enter(host.root)
    await host.root.race(() => pause(delay, host.root))
  }
}

class RunningAttempt implements Attempt {
  readonly number: number
  readonly scope: Scope = new Scope()
  wasSent = false
  /** Calls take it out of the attempt. */
  readonly sent = (): void => {
    this.wasSent = true
  }

  constructor(number: number) {
    this.number = number
  }

  refused(): void {
    this.wasSent = false
  }
}

/** What is done is done, even where the policy cannot hear of it. */
function tellSuccess(policy: RetryPolicy | undefined): void {
  try {
    const told: unknown = policy?.succeeded?.()
    if (isPromise(told)) told.catch(warnOfPolicy)
  } catch (error) {
    warnOfPolicy(error)
  }
}

const warnOfPolicy = guarded('succeeded() of a retry policy', (error: unknown) => {
  throw error
})

function delayAfter(error: NetError, attempt: number, host: AttemptHost): number | undefined {
  if (host.policy === undefined || host.root.reason !== undefined) return undefined
  // On a session that is gone the next attempt could only hide why.
  if (host.usable?.(error) === false) return undefined
  const { idempotent, limits } = host
  const { elapsed } = host.narrator
  const left = limits.total - elapsed
  const delay = delayBy(host.policy, { error, attempt, idempotent, elapsed, left })
  // A policy of the caller's may not look at what is left.
  return delay === undefined || delay >= left ? undefined : delay
}

/** A policy may be the caller's. */
function delayBy(policy: RetryPolicy, failed: FailedAttempt): number | undefined {
  let delay: unknown
  try {
    delay = policy.delay(failed)
  } catch (error) {
    throw isNetError(error) ? error : callerFault(error)
  }
  return delay === undefined ? undefined : argument('what delay() of a policy gives', wait, delay)
}

/** Once the work was sent, only the peer itself can know that nothing was done. */
function retryOf(error: NetError, sent: boolean): RetryClass {
  const { retry, code } = error
  const byTable = retry === codes[code].retry
  if (!sent) return byTable && retry === 'idempotent' ? 'safe' : retry
  // Who threw it may have known better than the table of codes. A proxy speaks for the way, not for the work.
  const isAnswer = !byTable && error.reply !== undefined && !(error instanceof ProxyError)
  return retry === 'safe' && !isAnswer ? 'idempotent' : retry
}

/** The last error, with the earlier ones; those of a call within the last attempt stay with it. */
function withAttempts(error: NetError, earlier: readonly NetError[]): NetError {
  if (earlier.length === 0) return error
  return replaceContext(error, { attempts: [...earlier, ...(error.attempts ?? [])] })
}

function pause(delay: number, root: Scope): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock().after(delay, () => {
      forget()
      resolve()
    })
    const forget = root.onStop((reason) => {
      timer.clear()
      reject(reason)
    })
  })
}

const wait = shape<number>(
  'a number of milliseconds, or undefined for no further attempt',
  (value) => typeof value === 'number',
)
