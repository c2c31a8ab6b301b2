/*
 * No calls to a peer that is in trouble: after so many failures calls are refused for a while, then a few are let
 * through to see whether it is well again.
 */

import { isAbort, isNetError, isRetryable } from '@net/core'
import { clock, decided, guarded, netError, option } from '@net/core/authoring'

import { blockDoor, doorOf } from '../doors.ts'
import type { BlockOptions, Job } from '../tasks/job.ts'
import { jobOf } from '../option-checks.ts'
import { RunningGroup } from '../groups/running-group.ts'

/** Whether calls are made, are refused, or are let through to see. */
export type CircuitState = 'closed' | 'open' | 'half-open'

/** Options of a circuit breaker. Times are in milliseconds. */
export interface CircuitBreakerOptions {
  /** How many failures in a row open it. Default 5. */
  readonly failures?: number | undefined
  /** How long it stays open before calls are let through to see. Default 30,000. */
  readonly openFor?: number | undefined
  /**
   * How many calls are let through at once when it is half open, and must succeed to close it. Default 1. When they have
   * not ended after `openFor`, others are let through in their place.
   */
  readonly probes?: number | undefined
  /**
   * Whether an error is a failure of the peer. Default: foreign errors, and those of ours after which a repeat may help;
   * a "not found" comes from a peer that is well. An abort is neither failure nor success.
   */
  readonly when?: ((error: unknown) => boolean) | undefined
  /** Called after each change of its state. */
  readonly onChange?: ((change: CircuitChange) => void) | undefined
}

/** A change of a breaker's state. */
export interface CircuitChange {
  readonly from: CircuitState
  readonly to: CircuitState
  /** The failure that opened it. */
  readonly error?: unknown
}

/** A circuit breaker, closed at first. One serves all calls to a peer. The constructor throws `NET_BAD_OPTION`. */
export class CircuitBreaker {
  readonly #most: number
  readonly #openFor: number
  readonly #probes: number
  readonly #when: (error: unknown) => boolean
  readonly #tell: ((change: CircuitChange) => void) | undefined
  #state: CircuitState = 'closed'
  #failures = 0
  #opened = 0
  #probing = 0
  #probedAt = 0
  #succeeded = 0
  // Calls that began before the last change have nothing to say about what came after it.
  #era = 0

  constructor(options?: CircuitBreakerOptions) {
    const { failures = 5, openFor = 30_000, probes = 1, when, onChange } = breakerDoor(options)
    this.#most = failures
    this.#openFor = openFor
    this.#probes = probes
    this.#when = when ?? isTrouble
    this.#tell = onChange && guarded('onChange', onChange)
  }

  /** Its state; open turns to half-open as time passes. */
  get state(): CircuitState {
    return this.#state === 'open' && this.retryAfter === 0 ? 'half-open' : this.#state
  }

  /** In how many milliseconds calls are let through again; 0 if it is not open. */
  get retryAfter(): number {
    if (this.#state !== 'open') return 0
    return Math.max(this.#opened + this.#openFor - clock().now(), 0)
  }

  /**
   * Runs the job. While it is open, or half open with `probes` calls under way, rejects with `NET_CIRCUIT_OPEN` and
   * its `retryAfter`; the job is not run then. The job's own errors pass through; limits as in `taskGroup`.
   */
  async run<T>(job: Job<T>, options?: BlockOptions): Promise<T> {
    jobOf('job', job)
    const group = new RunningGroup(runDoor(options))
    return group.run(async () => this.#guard(() => job(group)))
  }

  /** Opens it by hand, for as long as a failure would. */
  open(): void {
    this.#open(undefined)
  }

  /** Closes it by hand. */
  close(): void {
    this.#change('closed')
  }

  async #guard<T>(run: () => PromiseLike<T>): Promise<T> {
    this.#admit()
    const era = this.#era
    let verdict: (() => void) | undefined
    try {
      const result = await run()
      verdict = () => this.#success()
      return result
    } catch (error) {
      if (!isAbort(error)) {
        const counts = decided('when', 'true or false', this.#when(error))
        verdict = counts ? () => this.#failure(error) : () => this.#success()
      }
      throw error
    } finally {
      if (era === this.#era) {
        if (this.#state === 'half-open') this.#probing--
        verdict?.()
      }
    }
  }

  #admit(): void {
    if (this.state === 'half-open' && this.#state === 'open') this.#change('half-open')
    if (this.#state === 'closed') return
    const now = clock().now()
    // A probe that hangs must not keep the breaker from ever closing.
    if (this.#probing > 0 && now - this.#probedAt > this.#openFor) this.#change('half-open')
    if (this.#state === 'half-open' && this.#probing + this.#succeeded < this.#probes) {
      this.#probing++
      this.#probedAt = now
      return
    }
    throw netError('NET_CIRCUIT_OPEN', {
      message: 'the circuit breaker is open',
      retryAfter: this.retryAfter,
    })
  }

  #success(): void {
    this.#failures = 0
    if (this.#state !== 'half-open') return
    this.#succeeded++
    if (this.#succeeded >= this.#probes) this.#change('closed')
  }

  #failure(error: unknown): void {
    this.#failures++
    if (this.#state === 'half-open' || this.#failures >= this.#most) this.#open(error)
  }

  #open(error: unknown): void {
    this.#opened = clock().now()
    this.#change('open', error)
  }

  #change(to: CircuitState, error?: unknown): void {
    const from = this.#state
    this.#state = to
    this.#era++
    this.#failures = 0
    this.#probing = 0
    this.#succeeded = 0
    if (from !== to) this.#tell?.(error === undefined ? { from, to } : { from, to, error })
  }
}

function isTrouble(error: unknown): boolean {
  return !isNetError(error) || isRetryable(error, { idempotent: true })
}

const breakerDoor = doorOf<CircuitBreakerOptions>('new CircuitBreaker', {
  failures: option.count,
  openFor: option.milliseconds,
  probes: option.count,
  when: option.callback(),
  onChange: option.callback(),
})
const runDoor = blockDoor('breaker.run')
