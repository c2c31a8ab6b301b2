/*
 * One attempt of one job: its signal, its lease, its marks. The lease is checked by time before anything is believed, since a
 * process that slept may wake up when its job is another's.
 */

import {
  abortError,
  argument,
  clock,
  netError,
  openOperation,
  option,
  type ClientContext,
  type OpenOperation,
  type Timer,
} from '@net/core/authoring'
import type { NetError } from '@net/core'

import type { Job } from '../job.ts'
import type { ClaimedJob, JobLease, JobStore } from '../store.ts'
import type { JobContext, JobHandler } from './job-context.ts'
import type { LeasedRun } from './lease-keeper.ts'
import type { Ending, StopReason } from './verdict.ts'

/** What runs share. */
export interface RunHost<P> {
  readonly queue: string
  readonly store: JobStore
  readonly client: ClientContext
  readonly handler: JobHandler<P>
  readonly deadlineGrace: number
  /** The payload, as the schema gives it. */
  payload(text: string): P | Promise<P>
}

/** An attempt under way. */
export class JobRun<P> implements LeasedRun {
  readonly claimed: ClaimedJob
  readonly #host: RunHost<P>
  readonly #op: OpenOperation
  #leaseEnd: number
  #controller: AbortController | undefined
  #reason: NetError | undefined
  #stopped: StopReason | undefined
  #marked = false
  #deadline: Timer | undefined
  #grace: Timer | undefined
  #end: ((ending: Ending) => void) | undefined
  #lost: (() => void) | undefined
  #told = -Infinity

  constructor(host: RunHost<P>, claimed: ClaimedJob, leaseEnd: number) {
    this.#host = host
    this.claimed = claimed
    this.#leaseEnd = leaseEnd
    const { queue, client } = host
    const target = `${queue}/${claimed.id}`
    this.#op = openOperation(
      { protocol: 'queue', operation: 'process', target, kind: 'session', client },
      undefined,
    )
  }

  /** What proves that the job is ours. */
  get lease(): JobLease {
    return this.claimed
  }

  get attempt(): number {
    return this.claimed.starts
  }

  get marked(): boolean {
    return this.#marked
  }

  /** Why the handler was told to end. */
  get stopped(): StopReason | undefined {
    return this.#stopped
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** Runs the handler; resolves when it has settled, or was given up. */
  run(): Promise<Ending> {
    this.#op.begin()
    const { left } = this.claimed
    if (left !== undefined) this.#armDeadline(clock().now() + left)
    return new Promise((resolve) => {
      this.#end = resolve
      this.#handle().then(
        (value) => resolve({ kind: 'returned', value }),
        (error: unknown) => resolve({ kind: 'threw', error }),
      )
    })
  }

  /** It is over: the events say how. */
  ended(error: unknown): void {
    this.#deadline?.clear()
    this.#grace?.clear()
    if (error === undefined) this.#op.succeeded()
    else this.#op.failed(error)
  }

  warn(message: string): void {
    this.#op.warn(message)
  }

  async mark(name: string): Promise<void> {
    argument('the mark', option.text, name)
    this.#checkLease('mark')
    // From here on it may be marked, whatever comes back.
    this.#marked = true
    const held = await this.#host.store.mark(this.lease, name)
    if (!held) this.lose()
    this.#checkLease('mark')
  }

  progress(transferred: number, total?: number): Promise<void> {
    const told = this.#progress(transferred, total)
    // Most handlers do not wait for it.
    told.catch(() => {})
    return told
  }

  /** The lease holds until then. */
  renewed(leaseEnd: number): void {
    this.#leaseEnd = leaseEnd
  }

  /** Whether the job is ours still; if not, the handler learns of it. */
  holds(): boolean {
    if (this.#stopped !== 'lost' && clock().now() >= this.#leaseEnd) this.lose()
    return this.#stopped !== 'lost'
  }

  /** The job is another's. */
  lose(): void {
    this.#stop('lost', lostError(this.claimed.id))
    this.#lost?.()
  }

  /** Calls back when the lease is lost. */
  whenLost(listener: () => void): void {
    this.#lost = listener
  }

  /** The worker closes; the handler has so many milliseconds to end. */
  interrupt(grace: number): void {
    this.#stop('closing', abortError(new Error('the worker of the queue was closed')))
    this.#giveUpAfter(grace)
  }

  #stop(why: StopReason, reason: NetError): void {
    if (this.#stopped === 'lost') return
    this.#stopped = this.#stopped === undefined || why === 'lost' ? why : this.#stopped
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#controller?.abort(reason)
  }

  async #handle(): Promise<unknown> {
    const { id, payload, starts, attempts, priority, group, added, traceparent } = this.claimed
    const job: Job<P> = {
      id,
      payload: await this.#host.payload(payload),
      attempt: starts,
      attempts,
      priority,
      added,
      ...(group === undefined ? {} : { group }),
      ...(traceparent === undefined ? {} : { traceparent }),
    }
    const { handler } = this.#host
    return handler(job, this.#context())
  }

  /** What the handler gets works taken apart, too. */
  #context(): JobContext {
    const signal = (): AbortSignal => this.signal
    return {
      get signal() {
        return signal()
      },
      attempt: this.attempt,
      mark: (name) => this.mark(name),
      progress: (transferred, total) => this.progress(transferred, total),
    }
  }

  async #progress(transferred: number, total: number | undefined): Promise<void> {
    this.#checkLease('progress')
    this.#op.progress(transferred, total)
    const now = clock().now()
    if (now - this.#told < PROGRESS_INTERVAL && transferred !== total) return
    this.#told = now
    const value = JSON.stringify({ transferred, total })
    const held = await this.#host.store.progress(this.lease, value)
    if (!held) this.lose()
    this.#checkLease('progress')
  }

  #checkLease(operation: string): void {
    if (this.holds()) return
    throw lostError(this.claimed.id, operation)
  }

  /** A timer does not reach far enough for every deadline. */
  #armDeadline(due: number): void {
    const left = due - clock().now()
    this.#deadline = clock().after(Math.min(left, LONGEST_TIMER), () => {
      if (clock().now() < due) this.#armDeadline(due)
      else this.#pass()
    })
  }

  #pass(): void {
    const message = 'the deadline of the job passed'
    this.#stop('deadline', netError('NET_TIMEOUT_TOTAL', { protocol: 'queue', message }))
    this.#giveUpAfter(this.#host.deadlineGrace)
  }

  #giveUpAfter(grace: number): void {
    this.#grace?.clear()
    this.#grace = clock().after(grace, () => this.#end?.({ kind: 'abandoned' }))
  }
}

function lostError(id: string, operation?: string): NetError {
  return netError('NET_CLOSED', {
    protocol: 'queue',
    operation,
    target: id,
    message: 'the lease of the job ended, and it may be run by another worker',
  })
}

const PROGRESS_INTERVAL = 250
const LONGEST_TIMER = 86_400_000
