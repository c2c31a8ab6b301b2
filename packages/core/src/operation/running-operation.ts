/*
 * The state of one call: its limits, its link to the caller, its attempts and phases. What it tells the world is
 * told by its narrator.
 */

import { isError } from '../errors/is-error.ts'
import { AttemptSteps, runAttempts, runFurtherAttempts, type AttemptHost } from './attempts.ts'
import { perCall, type CallOptions } from './call-options.ts'
import { isCallerFault } from '../callbacks/caller-fault.ts'
import { clock, type Timer } from '../time/clock.ts'
import { Deadline } from '../time/deadline.ts'
import { abortError } from '../errors/abort.ts'
import { defineErrorTable, translate, type ErrorTable } from '../errors/error-table.ts'
import {
  isNetError,
  netError,
  replaceContext,
  type ErrorContext,
  type NetError,
  type Phase,
} from '../errors/net-error.ts'
import { traceToCaller } from '../errors/trace.ts'
import type { WireEvent } from '../events/channels.ts'
import { guarded } from '../callbacks/guarded.ts'
import { limitsFor, limitsWithin, timeoutCodes, type Limits } from '../time/limits.ts'
import { Narrator } from './narrator.ts'
import type {
  Attempt,
  Attempts,
  OpenOperation,
  OpenPhase,
  OperationSpec,
  RunInTurn,
  TakeTurn,
  Within,
} from './operation-spec.ts'
import { own } from '../options/own.ts'
import { ProgressMeter } from '../progress.ts'
import { defaultRetry, policyOf } from '../retry/option.ts'
import type { RetryPolicy } from '../retry/policy.ts'
import { RunningPhase, type PhaseHost } from './running-phase.ts'
import { Scope } from './scope.ts'
import { onSignalAbort } from '../callbacks/signal-listeners.ts'

/** One call while it runs. */
export class RunningOperation implements OpenOperation, AttemptHost, PhaseHost {
  readonly #spec: OperationSpec
  readonly #options: CallOptions | undefined
  readonly narrator: Narrator
  readonly root: Scope = new Scope()
  #limits: Limits | undefined
  #scope: Scope = this.root
  #phase: Phase | undefined
  #idle: Deadline | undefined
  #meter: ProgressMeter | undefined
  #transferred: number | undefined
  #total: Timer | undefined
  #unlink: (() => void) | undefined
  #pending: Promise<unknown>[] | undefined
  #status: number | undefined
  #policy: RetryPolicy | undefined

  constructor(spec: OperationSpec, options: CallOptions | undefined) {
    this.#spec = spec
    this.#options = options
    this.narrator = new Narrator(spec)
  }

  get limits(): Limits {
    const { kind, client } = this.#spec
    this.#limits ??= limitsFor(kind, own(this.#options, 'timeout'), client?.defaults?.timeout)
    return this.#limits
  }

  get id(): number {
    return this.narrator.id
  }

  get parent(): number | undefined {
    return this.#spec.parent
  }

  get signal(): AbortSignal {
    return this.#scope.signal
  }

  get within(): Within {
    const { id, signal, limits } = this
    return { signal, timeout: limitsWithin(limits), parent: id, client: this.#spec.client }
  }

  get idle(): Deadline {
    this.#idle ??= new Deadline(this.limits.idle, () => this.#expire('idle', this.#scope))
    return this.#idle
  }

  get stopped(): NetError | undefined {
    return this.root.reason
  }

  get policy(): RetryPolicy | undefined {
    return this.#policy
  }

  get idempotent(): boolean {
    return this.#spec.idempotent === true
  }

  get usable(): ((error: NetError) => boolean) | undefined {
    return this.#spec.usable
  }

  /** Runs the call to its end. */
  run<T>(run: (op: OpenOperation) => Promise<T>): Promise<T> {
    return this.#run(() => this.root.race(() => run(this)))
  }

  /** The same for a call that is nothing but its attempts: each of them ends soon after a stop, and no race around it is needed. */
  runInAttempts<T>(run: (op: OpenOperation, attempt: Attempt) => Promise<T>): Promise<T> {
    return this.#run(() => runAttempts((attempt) => run(this, attempt), this))
  }

  /** The same for a call whose attempts each wait for a turn: the first one begins only when it has that, as calls in line are many. */
  runInTurn<T>(take: TakeTurn, run: RunInTurn<T>): Promise<T> {
    return this.#begun(() =>
      take(this).then(
        (leave) => this.#ended(this.#attemptsInTurn(take, run, leave)),
        (error: unknown) =>
          this.#ended(
            runFurtherAttempts((attempt) => this.#inTurn(take, run, attempt), this, error),
          ),
      ),
    )
  }

  #attemptsInTurn<T>(take: TakeTurn, run: RunInTurn<T>, leave: () => void): Promise<T> {
    // The call was stopped after it got the turn: no attempt will begin, so none would give the turn back.
    if (this.root.reason !== undefined) leave()
    let first: (() => void) | undefined = leave
    return runAttempts((attempt) => {
      const granted = first
      first = undefined
      return granted === undefined ? this.#inTurn(take, run, attempt) : run(this, attempt, granted)
    }, this)
  }

  async #inTurn<T>(take: TakeTurn, run: RunInTurn<T>, attempt: Attempt): Promise<T> {
    return run(this, attempt, await take(this))
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    return this.#begun(() => this.#ended(work()))
  }

  #begun<T>(work: () => Promise<T>): Promise<T> {
    try {
      this.begin()
    } catch (error) {
      return Promise.reject(this.#traced(error))
    }
    return work()
  }

  #ended<T>(work: Promise<T>): Promise<T> {
    // Not awaited: an async function takes more memory while it waits, and calls may wait by the thousand.
    return work.then(
      (result) => {
        this.succeeded()
        return result
      },
      (error: unknown) => {
        throw this.#traced(error)
      },
    )
  }

  /** What the call fails with, which names the line of its caller. */
  #traced(error: unknown): unknown {
    const described = this.failed(error)
    if (isNetError(described)) traceToCaller(described)
    return described
  }

  succeeded(): void {
    if (this.#pending === undefined) this.#end(undefined)
    else void this.#endAfter(this.#pending)
  }

  failed(error: unknown): unknown {
    const described = this.describe(this.root.because(error), {})
    this.#end(described)
    if (isNetError(described) && this.parent !== undefined) raisedFor.set(described, this.parent)
    return described
  }

  onAbort(listener: (reason: NetError) => void): () => void {
    return this.#scope.onStop(listener)
  }

  fail(error: NetError): void {
    this.#scope.stop(error)
  }

  async phase<T>(name: Phase, run: () => Promise<T>): Promise<T> {
    const phase = this.openPhase(name)
    try {
      const result = await run()
      phase.ended()
      return result
    } catch (error) {
      throw phase.failed(error)
    }
  }

  get inPhase(): boolean {
    return this.#phase !== undefined
  }

  openPhase(name: Phase): OpenPhase {
    const phase = new RunningPhase(this, name, this.#phase, this.#scope)
    this.#phase = name
    return phase
  }

  leave(outer: Phase | undefined): void {
    this.#phase = outer
  }

  attempt<T>(run: (attempt: Attempt) => Promise<T>): Promise<T> {
    return runAttempts(run, this)
  }

  attempts(): Attempts {
    return new AttemptSteps(this)
  }

  enter(scope: Scope): void {
    this.#scope = scope
  }

  until(ended: Promise<unknown>): void {
    this.#pending ??= []
    this.#pending.push(ended)
  }

  progress(transferred: number, total?: number): void {
    // An attempt that begins anew counts from 0 again.
    this.#idle?.moved(Math.max(0, transferred - (this.#transferred ?? 0)))
    this.#transferred = transferred
    this.#meter ??= this.#newMeter()
    this.#meter?.at(transferred, total)
  }

  get tellsProgress(): boolean {
    return own(this.#options, 'onProgress') !== undefined || this.narrator.tellsProgress
  }

  get tellsWire(): boolean {
    return this.narrator.tellsWire
  }

  answered(status: number): void {
    this.#status = status
  }

  wire(direction: WireEvent['direction'], text: () => string, bytes?: number): void {
    this.narrator.wire(direction, text, bytes)
  }

  warn(message: string): void {
    this.narrator.warn(message)
  }

  begin(): void {
    const { client, idempotent = false } = this.#spec
    const given = own(this.#options, 'retry') ?? client?.defaults?.retry
    this.#policy = policyOf(given ?? (idempotent ? defaultRetry : false))
    const onProgress = own(this.#options, 'onProgress')
    if (onProgress !== undefined) perCall.onProgress.take(onProgress, 'onProgress')
    const signal = own(this.#options, 'signal')
    if (signal !== undefined) this.#link(signal)
    this.narrator.start()
    const { total } = this.limits
    if (total === Infinity) return
    this.#total = clock().after(total, () => this.#expire('total', this.root))
  }

  #link(signal: AbortSignal): void {
    perCall.signal.take(signal, 'signal')
    if (signal.aborted) throw abortError(signal.reason)
    const stop = (reason: unknown): void => this.root.stop(this.#placed(abortError(reason)))
    this.#unlink = onSignalAbort(signal, stop, LINGER)
  }

  arm(name: Phase, scope: Scope): Timer | undefined {
    const key = PHASE_LIMITS[name]
    if (key === undefined || this.limits[key] === Infinity) return undefined
    return clock().after(this.limits[key], () => this.#expire(key, scope))
  }

  #expire(key: keyof Limits, scope: Scope): void {
    const limit = this.limits[key]
    const what =
      key === 'idle' && this.#idle?.anyByteCounts === true ? 'nothing moved' : EXPIRED[key]
    const message = `${what} within ${limit} ms (timeout.${key})`
    scope.stop(this.#placed(netError(timeoutCodes[key], { message, limit })))
  }

  #placed(error: NetError): NetError {
    const described = this.describe(error, this.#phase === undefined ? {} : { phase: this.#phase })
    return isNetError(described) ? described : error
  }

  describe(error: unknown, context: ErrorContext): unknown {
    if (isCallerFault(error)) return error
    const { protocol, operation, target, endpoint } = this.#spec
    const call = {
      protocol,
      operation,
      elapsed: this.narrator.elapsed,
      ...(target === undefined ? {} : { target }),
    }
    const place = endpoint === undefined ? {} : { endpoint }
    const { owners } = this.narrator
    const table = this.#spec.errors ?? nodeTable
    const ours = translate(error, table, { ...context, ...call, ...place }, owners)
    // A dial that fails for a call is, to the caller, that call failing; where and in which phase stays.
    return raisedFor.get(ours) === this.id ? replaceContext(ours, call, owners) : ours
  }

  /** Undefined without a listener: most calls have no use for one. */
  #newMeter(): ProgressMeter | undefined {
    const { narrator } = this
    const onProgress = own(this.#options, 'onProgress')
    if (!this.tellsProgress) return undefined
    const report = onProgress === undefined ? undefined : guarded('onProgress', onProgress)
    return new ProgressMeter((progress) => {
      report?.(progress)
      narrator.progress(progress)
    })
  }

  async #endAfter(pending: readonly Promise<unknown>[]): Promise<void> {
    let failure: unknown
    // By index: `until` may add more while it waits.
    for (let index = 0; index < pending.length; index++) {
      const outcome = await pending[index]?.catch((error: unknown) => error)
      if (isError(outcome)) failure ??= this.describe(outcome, {})
    }
    this.#end(failure)
  }

  #end(failure: unknown): void {
    this.#total?.clear()
    this.#idle?.stop()
    this.#unlink?.()
    this.#meter?.end()
    this.narrator.end(failure, this.#transferred, this.#status)
  }
}

// Errors of operations that ran for another one, by the id of that one.
const raisedFor = new WeakMap<NetError, number>()
const nodeTable: ErrorTable = defineErrorTable([])

const LINGER = { linger: true } as const
const PHASE_LIMITS: Readonly<Partial<Record<Phase, keyof Limits>>> = {
  resolve: 'resolve',
  connect: 'connect',
  proxy: 'proxy',
  tls: 'tls',
  greeting: 'greeting',
  // SSH's key exchange plays the part of a TLS handshake, and is limited like one.
  kex: 'tls',
  auth: 'auth',
  command: 'reply',
  // `send` has none of its own: `write` limits how long the peer takes nothing, which only its engine sees.
}

const EXPIRED: Readonly<Record<keyof Limits, string>> = {
  resolve: 'the name was not resolved',
  connect: 'no connection was made',
  proxy: 'the proxy did not answer',
  tls: 'the TLS handshake did not end',
  greeting: 'the server sent no greeting',
  auth: 'the server did not answer the login',
  pool: 'no connection became free',
  reply: 'the peer sent no reply',
  write: 'the peer accepted no bytes from us',
  idle: 'less than 1 KiB moved',
  total: 'the call did not end',
}
