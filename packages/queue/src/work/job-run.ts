/*
 * One attempt of one job: its signal, its lease, its marks. The lease is checked by time before anything is believed, since a
 * process that slept may wake up when its job is another's.
 */

import {
  abortError,
  argument,
  clock,
  isHeard,
  netError,
  openOperation,
  option,
  runWithin,
  type ClientContext,
  type Linked,
  type OpenOperation,
  type Timer,
} from '@net/core/authoring'
import type { NetError } from '@net/core'

import type { Job } from '../job.ts'
import { errorOf, errorText } from '../stored-error.ts'
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
export class JobRun<P> implements LeasedRun, Linked<JobRun<P>> {
  readonly claimed: ClaimedJob
  before: JobRun<P> | undefined = undefined
  after: JobRun<P> | undefined = undefined
  listed = false
  readonly #host: RunHost<P>
  /** Made only for those who listen. */
  #op: OpenOperation | undefined
  #leaseEnd: number
  #controller: AbortController | undefined
  #reason: NetError | undefined
  #stopped: StopReason | undefined
  #marked = false
  /** When the deadline passes. */
  #due = Infinity
  #deadline: Timer | undefined
  #grace: Timer | undefined
  #end: (ending: Ending) => void = unheard
  #lost: (() => void) | undefined
  #told = -Infinity
  #isTold = false

  constructor(host: RunHost<P>, claimed: ClaimedJob, leaseEnd: number) {
    this.#host = host
    this.claimed = claimed
    this.#leaseEnd = leaseEnd
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

  /** Milliseconds until the deadline, now. */
  get left(): number {
    return this.#due === Infinity ? Infinity : this.#due - clock().now()
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = controllerThatLooks(() => this.holds())
      if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** Runs the handler; calls back once, when it has settled or was given up. */
  run(end: (ending: Ending) => void): void {
    this.#end = end
    if (isHeard('operation', this.#host.client.log)) this.#operation()
    const { left } = this.claimed
    if (left !== undefined) {
      this.#due = clock().now() + left
      this.#armDeadline()
    }
    this.#begin()
  }

  /** It is over: the events say how. */
  ended(error: unknown): void {
    if (this.#isTold) return
    this.#isTold = true
    this.#deadline?.clear()
    this.#grace?.clear()
    if (error === undefined) this.#op?.succeeded()
    else this.#failed(error)
  }

  #failed(error: unknown): void {
    try {
      this.#op?.failed(error)
    } catch {
      // What was thrown cannot even be looked at.
      this.#op?.failed(errorOf(errorText(error)))
    }
  }

  warn(message: string): void {
    if (isHeard('operation', this.#host.client.log)) this.#operation().warn(message)
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

  #operation(): OpenOperation {
    if (this.#op !== undefined) return this.#op
    const { queue, client } = this.#host
    const { id, traceparent } = this.claimed
    const target = `${queue}/${id}`
    const what = { protocol: 'queue', operation: 'process', target, traceparent } as const
    const op = openOperation({ ...what, kind: 'session', client }, undefined)
    this.#op = op
    op.begin()
    return op
  }

  #over(ending: Ending): void {
    const end = this.#end
    this.#end = unheard
    end(ending)
  }

  #begin(): void {
    let value: unknown
    let isLate: boolean
    try {
      value = this.#handle()
      isLate = isThenable(value)
    } catch (error) {
      this.#over({ kind: 'threw', error })
      return
    }
    if (!isLate) {
      this.#over({ kind: 'returned', value })
      return
    }
    Promise.resolve(value).then(
      (result) => this.#over({ kind: 'returned', value: result }),
      (error: unknown) => this.#over({ kind: 'threw', error }),
    )
  }

  /** Gives what the handler gives, or a promise of it. */
  #handle(): unknown {
    const payload = this.#host.payload(this.claimed.payload)
    return payload instanceof Promise
      ? payload.then((read) => this.#call(read))
      : this.#call(payload)
  }

  /** The handler's calls are parts of this operation, whatever they are made with. */
  #call(payload: P): unknown {
    const { handler } = this.#host
    const job = jobOf(this.claimed, payload)
    if (this.#op === undefined) return handler(job, new Context(this))
    return runWithin(this.#op.id, () => handler(job, new Context(this)))
  }

  async #progress(transferred: number, total: number | undefined): Promise<void> {
    this.#checkLease('progress')
    if (isHeard('progress', this.#host.client.log)) this.#operation().progress(transferred, total)
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
  #armDeadline(): void {
    this.#deadline = clock().after(Math.min(this.left, LONGEST_TIMER), () => {
      if (this.left > 0) this.#armDeadline()
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
    this.#grace = clock().after(grace, () => this.#over({ kind: 'abandoned' }))
  }
}

/**
 * A controller whose signal looks at the time when it is asked: in a process that wakes up, a handler may go on before any timer
 * has told it, and must not call with a signal that is out of date.
 */
function controllerThatLooks(look: () => void): AbortController {
  const controller = new AbortController()
  const { signal } = controller
  Object.defineProperty(signal, 'aborted', {
    configurable: true,
    get() {
      look()
      return Reflect.get<AbortSignal, 'aborted'>(AbortSignal.prototype, 'aborted', signal)
    },
  })
  Object.defineProperty(signal, 'throwIfAborted', {
    configurable: true,
    value() {
      if (signal.aborted) throw signal.reason as Error
    },
  })
  return controller
}

type ContextRun = Pick<JobRun<unknown>, 'attempt' | 'mark' | 'progress' | 'signal'>

/** What a handler gets; it works taken apart, too. What few handlers use is made only where it is asked for. */
class Context implements JobContext {
  readonly #run: ContextRun
  readonly attempt: number

  constructor(run: ContextRun) {
    this.#run = run
    this.attempt = run.attempt
  }

  get mark(): JobContext['mark'] {
    const run = this.#run
    return (name) => run.mark(name)
  }

  get progress(): JobContext['progress'] {
    const run = this.#run
    return (transferred, total) => run.progress(transferred, total)
  }

  get signal(): AbortSignal {
    return this.#run.signal
  }
}

function jobOf<P>(claimed: ClaimedJob, payload: P): Job<P> {
  const { id, starts, attempts, priority, group, added, traceparent } = claimed
  const job = { id, payload, attempt: starts, attempts, priority, added }
  if (group === undefined && traceparent === undefined) return job
  return {
    ...job,
    ...(group === undefined ? {} : { group }),
    ...(traceparent === undefined ? {} : { traceparent }),
  }
}

function isThenable(value: unknown): boolean {
  // Most handlers give nothing or a promise.
  if (value === undefined) return false
  if (value instanceof Promise) return true
  return typeof Reflect.get(Object(value) as object, 'then') === 'function'
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
const unheard = (): void => {}
