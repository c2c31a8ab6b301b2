/*
 * What a call is, and what its code works with while it runs.
 */

import type { ClientContext } from './call-options.ts'
import type { Deadline } from '../time/deadline.ts'
import type { ErrorTable } from '../errors/error-table.ts'
import type { NetError, Phase } from '../errors/net-error.ts'
import type { WireEvent } from '../events/channels.ts'
import type { CallKind, Limits } from '../time/limits.ts'

/** What a call is. */
export interface OperationSpec {
  readonly protocol: string
  /** The verb, such as `GET` or `upload`. */
  readonly operation: string
  /** What it is done to, without credentials. */
  readonly target?: string | undefined
  /** The peer, as `host:port` or a path. */
  readonly endpoint?: string | undefined
  readonly kind: CallKind
  /**
   * Whether it may be repeated when it is unknown whether it was done; then it is, twice, where neither call nor client
   * say otherwise. Default false: no repeats.
   */
  readonly idempotent?: boolean | undefined
  /** Whether another attempt could begin behind one that failed so: false once the session that it needs is lost. Default always. */
  readonly usable?: ((error: NetError) => boolean) | undefined
  /** How the engine's errors are translated; default Node's own rows. */
  readonly errors?: ErrorTable | undefined
  readonly client?: ClientContext | undefined
  /** The owner of the secrets that this call alone has (`holdSecret`); default those of its client are all. */
  readonly secrets?: number | undefined
  /** The operation within which this one runs; default the one whose code makes the call (`runWithin`). */
  readonly parent?: number | undefined
  /** The W3C trace context of what asked for it in another process. */
  readonly traceparent?: string | undefined
}

/** One attempt of an operation. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number
  /** The peer may have begun to work on it: from here on a lost reply leaves the outcome unknown. */
  sent(): void
  /** The peer has said that it did nothing of what was sent: from here on it is as before `sent`. */
  refused(): void
}

/** What makes an operation a part of a larger one: it ends with it, under its limits, and publishes to the same client. */
export interface Within {
  readonly signal: AbortSignal
  /** The limits of the larger one without its total, which reaches the part through the signal. */
  readonly timeout: Limits
  readonly parent: number
  readonly client: ClientContext | undefined
}

/** What a call's code works with. */
export interface Operation {
  readonly id: number
  readonly parent: number | undefined
  readonly limits: Limits
  /** Aborts when the caller gives up or a limit passes; within `attempt`, also when that attempt is over. */
  readonly signal: AbortSignal
  /** What a dial or a handshake of this operation gets: `dialer.dial(endpoint, op.within)`. */
  readonly within: Within
  /** Restarted by `progress`; start it while waiting for the peer, stop it while the consumer is the slow one. */
  readonly idle: Deadline
  /** Calls `listener` when `signal` would abort, without the cost of a signal; returns how to take it back. */
  onAbort(listener: (reason: NetError) => void): () => void
  /** Runs a part of the call under its own limit, with a pair of events. */
  phase<T>(name: Phase, run: () => Promise<T>): Promise<T>
  /** What `phase` does, in two steps. */
  openPhase(name: Phase): OpenPhase
  /** Whether a phase is under way. */
  readonly inPhase: boolean
  /** Runs `run`, and again while the retry policy says so. */
  attempt<T>(run: (attempt: Attempt) => Promise<T>): Promise<T>
  /** The operation goes on after the call has settled, until this has settled too. */
  until(ended: Promise<unknown>): void
  /** So many bytes have moved in all. */
  progress(transferred: number, total?: number): void
  /** The status of the peer's reply; published with the end of the operation. */
  answered(status: number): void
  /** Tells a line or a chunk on the wire channel; `text` is called only if there is a listener. */
  wire(direction: WireEvent['direction'], text: () => string, bytes?: number): void
  /** Whether anybody hears `wire`. */
  readonly tellsWire: boolean
  /** Writes a warning to the caller's log. */
  warn(message: string): void
  /** Ends the running attempt with this error, for dangers that no phase sees. */
  fail(error: NetError): void
}

/** Waits for the turn of an operation; resolves to the function that gives the turn back. Rejects once the operation is stopped. */
export type TakeTurn = (op: Operation) => Promise<() => void>

/** One attempt that has the turn, which it gives back by `leave`. */
export type RunInTurn<T> = (op: Operation, attempt: Attempt, leave: () => void) => Promise<T>

/** The attempts of a call, step by step, for a call that is an object: begin one, and then say how it went. */
export interface Attempts {
  /** Begins the next attempt; from here on it is what `onAbort`, `signal` and `fail` of the operation mean. */
  begin(): Attempt
  /** The attempt gave what the call is for. */
  succeeded(): void
  /** Resolves when another attempt may begin; rejects with the error of the call if none may. */
  failed(error: unknown): Promise<void>
}

/** A part of a call under its own limit, begun and not yet ended. */
export interface OpenPhase {
  ended(): void
  /** Ends it; returns the error as the rest of the call gets it. */
  failed(error: unknown): unknown
}

/** An operation that is begun and ended by its call, which is an object in place of a function to wait for. */
export interface OpenOperation extends Operation {
  /** Why the call is to end early; undefined while it may go on. A result that comes later is dropped. */
  readonly stopped: NetError | undefined
  /** Starts limits and events. Throws if the options are wrong or the signal has aborted: `failed` is to be told. */
  begin(): void
  attempts(): Attempts
  /** Whether anybody hears `progress`. */
  readonly tellsProgress: boolean
  /** The call gave its result: the operation ends now, or with what `until` named. */
  succeeded(): void
  /** The call failed: the operation ends; returns the error as the caller gets it. */
  failed(error: unknown): unknown
}
