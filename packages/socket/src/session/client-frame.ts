/*
 * What every client over one session with a server is: calls, a close with grace, and an end that is reported once. It must
 * not know what its verbs do.
 */

import type { CallOptions, NetError } from '@net/core'
import {
  closedError,
  GRACE,
  inCall,
  operation,
  operationInAttempts,
  operationInTurn,
  type Attempt,
  type Operation,
  type OperationSpec,
  type RunInTurn,
  type TakeTurn,
} from '@net/core/authoring'

import type { ClientIdentity } from './open.ts'
import { usableInTurn } from './turns.ts'

/** What a frame needs to know of its session. */
export interface FramedSession {
  /** Whether nothing can be sent any more. */
  readonly ended: boolean
  /** Whether another attempt of a call could begin. */
  readonly usable: boolean
  /** Ends the session at once, also where it has ended in order with bytes still on their way. */
  cut(error: NetError): void
}

/** A verb of a client: what its operation is besides whose it is. */
export type Verb = Pick<OperationSpec, 'operation' | 'target' | 'kind' | 'idempotent'>

/** The calls of one client, and its end. */
export class ClientFrame {
  readonly #identity: ClientIdentity
  readonly #session: FramedSession
  readonly #usable = usableInTurn(() => this.#session.usable)
  #closing: Promise<void> | undefined

  constructor(identity: ClientIdentity, session: FramedSession) {
    this.#identity = identity
    this.#session = session
  }

  /** One call of a verb, whose attempts wait for their turn in `run`. Rejects with `NET_CLOSED` once the client is closed. */
  call<T>(
    verb: Verb,
    options: CallOptions | undefined,
    run: (op: Operation, attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const refusal = this.#refusal(verb)
    return refusal ?? operationInAttempts(this.#spec(verb), options, run)
  }

  /** The same, where each attempt gets its turn by `take`, and gives it back. */
  callInTurn<T>(
    verb: Verb,
    options: CallOptions | undefined,
    take: TakeTurn,
    run: RunInTurn<T>,
  ): Promise<T> {
    const refusal = this.#refusal(verb)
    return refusal ?? operationInTurn(this.#spec(verb), options, take, run)
  }

  #refusal({
    operation: call,
    target = this.#identity.endpoint,
  }: Verb): Promise<never> | undefined {
    if (this.#closing === undefined) return undefined
    const { protocol } = this.#identity
    try {
      inCall({ protocol, call, target }, () => this.refuseClosed())
    } catch (error) {
      return Promise.reject(error)
    }
    return undefined
  }

  #spec(verb: Verb): OperationSpec {
    const { protocol, endpoint, errors, client } = this.#identity
    const { operation: name, target = endpoint, kind, idempotent } = verb
    // Written out, as objects that are spread cost a waiting call a quarter of its memory.
    return {
      protocol,
      operation: name,
      target,
      endpoint,
      kind,
      idempotent,
      errors,
      client,
      usable: this.#usable,
    }
  }

  /** Throws `NET_CLOSED` once the client is closed. */
  refuseClosed(): void {
    if (this.#closing !== undefined) throw closedError()
  }

  /** The error that ended the session, for `closed` of the client; undefined if the caller has closed the client. */
  endOf(ended: Promise<NetError | undefined>): Promise<NetError | undefined> {
    return ended.then((error) => (this.#closing === undefined ? error : undefined))
  }

  /** Says goodbye; what is not done within `grace` milliseconds, 2,000 by default, is cut off. Closes once, and never rejects. */
  close(grace: number | undefined, goodbye: (op: Operation) => Promise<void>): Promise<void> {
    this.#closing ??= this.#close(grace ?? GRACE, goodbye)
    return this.#closing
  }

  async #close(grace: number, goodbye: (op: Operation) => Promise<void>): Promise<void> {
    const { endpoint } = this.#identity
    const session = this.#session
    if (session.ended) return
    const spec = {
      ...this.#identity,
      operation: 'close',
      target: endpoint,
      kind: 'command',
    } as const
    // Nothing but the grace limits the wait for calls under way.
    const limits = { timeout: { total: grace, pool: Infinity }, retry: false } as const
    try {
      if (grace <= 0) session.cut(closedError())
      else await operation(spec, limits, (op) => op.phase('close', () => goodbye(op)))
    } catch (cause) {
      // How a server ends is of no interest; a call that is still under way fails.
      session.cut(closedError(cause))
    }
  }
}
