/*
 * Tells the events of one operation, and makes none without a listener.
 */

import { clock } from '../time/clock.ts'
import { defineErrorTable, translate, type ErrorTable } from '../errors/error-table.ts'
import { isAbort, isNetError, type NetError, type Phase } from '../errors/net-error.ts'
import { harmless, printable } from '../errors/render.ts'
import {
  isHeard,
  publish,
  type Draft,
  type EventHead,
  type NetEventListener,
  type OperationEvent,
  type PhaseEvent,
  type RetryEvent,
  type TransferEvent,
  type WireEvent,
} from '../events/channels.ts'
import { redact, type SecretOwners } from '../redaction/redact.ts'
import { nextId } from './next-id.ts'
import type { OperationSpec } from './operation-spec.ts'
import type { Progress } from '../progress.ts'
import { surroundingOperation } from './surroundings.ts'

/** The voice of one operation. */
export class Narrator {
  readonly id: number = nextId()
  readonly #spec: OperationSpec
  readonly #log: NetEventListener | undefined
  readonly #parent: number | undefined
  readonly #started: number = clock().now()
  #owners: SecretOwners | undefined
  /** The target without secrets, and how it is shown: that is the same for most of its events. */
  #struck: string | undefined
  #target = ''

  constructor(spec: OperationSpec) {
    this.#spec = spec
    this.#log = spec.client?.log
    this.#parent = spec.parent ?? surroundingOperation()
  }

  /** Milliseconds since the operation began. */
  get elapsed(): number {
    return clock().now() - this.#started
  }

  /** Whose secrets may be in its events. */
  get owners(): SecretOwners {
    this.#owners ??= ownersOf(this.#spec)
    return this.#owners
  }

  start(): void {
    if (!isHeard('operation', this.#log)) return
    const { traceparent } = this.#spec
    const event = this.#operation('start')
    if (traceparent !== undefined) event.traceparent = traceparent
    publish(event, this.#log)
  }

  warn(message: string): void {
    if (!isHeard('operation', this.#log)) return
    const event = this.#operation('warning')
    event.message = harmless(message, this.owners)
    publish(event, this.#log)
  }

  end(failure: unknown, transferred: number | undefined, status: number | undefined): void {
    if (!isHeard('operation', this.#log)) return
    const event = this.#operation('end')
    event.outcome = outcomeOf(failure)
    event.duration = event.time - this.#started
    if (transferred !== undefined) event.transferred = transferred
    if (status !== undefined) event.status = status
    if (failure !== undefined) event.error = asNetError(failure)
    publish(event, this.#log)
  }

  /** Publishes that a phase begins; call the result when it has ended, with its error. */
  phase(name: Phase): (failure: unknown) => void {
    if (!isHeard('phase', this.#log)) return unheard
    const begun = this.#phase('start', name)
    publish(begun, this.#log)
    return (failure) => {
      const event = this.#phase('end', name)
      event.outcome = outcomeOf(failure)
      event.duration = event.time - begun.time
      if (isNetError(failure)) event.code = failure.code
      publish(event, this.#log)
    }
  }

  wire(direction: WireEvent['direction'], text: () => string, bytes?: number): void {
    if (!isHeard('wire', this.#log)) return
    const { protocol, operation } = this.#spec
    const event: Draft<WireEvent> = {
      type: 'wire',
      direction,
      version: 1,
      id: this.id,
      protocol,
      operation,
      time: clock().now(),
      text: harmless(text(), this.owners),
    }
    if (bytes !== undefined) event.bytes = bytes
    this.#belongs(event)
    publish(event, this.#log)
  }

  /** Whether anybody listens to what goes over the wire. */
  get tellsWire(): boolean {
    return isHeard('wire', this.#log)
  }

  /** Whether anybody listens to progress. */
  get tellsProgress(): boolean {
    return isHeard('progress', this.#log)
  }

  progress({ transferred, total }: Progress): void {
    if (!isHeard('progress', this.#log)) return
    const { protocol, operation } = this.#spec
    const event: Draft<TransferEvent> = {
      type: 'progress',
      version: 1,
      id: this.id,
      protocol,
      operation,
      time: clock().now(),
      transferred,
    }
    if (total !== undefined) event.total = total
    this.#belongs(event)
    publish(event, this.#log)
  }

  retry(attempt: number, delay: number, error: NetError): void {
    if (!isHeard('retry', this.#log)) return
    const { protocol, operation } = this.#spec
    const event: Draft<RetryEvent> = {
      type: 'retry',
      version: 1,
      id: this.id,
      protocol,
      operation,
      time: clock().now(),
      attempt,
      delay,
      error,
    }
    this.#belongs(event)
    publish(event, this.#log)
  }

  #operation(state: OperationEvent['state']): Draft<OperationEvent> {
    const { protocol, operation, target, endpoint } = this.#spec
    const event: Draft<OperationEvent> = {
      type: 'operation',
      state,
      version: 1,
      id: this.id,
      protocol,
      operation,
      time: clock().now(),
    }
    this.#belongs(event)
    if (target !== undefined) event.target = this.#shown(target)
    if (endpoint !== undefined) event.endpoint = redact(endpoint, this.owners)
    return event
  }

  #phase(state: PhaseEvent['state'], phase: Phase): Draft<PhaseEvent> {
    const { protocol, operation } = this.#spec
    const event: Draft<PhaseEvent> = {
      type: 'phase',
      state,
      phase,
      version: 1,
      id: this.id,
      protocol,
      operation,
      time: clock().now(),
    }
    this.#belongs(event)
    return event
  }

  /** Says within what, and of which client. Fields that are added one by one cost a tenth of objects that are spread. */
  #belongs(event: Draft<EventHead>): void {
    const { client } = this.#spec
    if (this.#parent !== undefined) event.parent = this.#parent
    if (client !== undefined) event.client = client.id
  }

  #shown(target: string): string {
    // A secret may have come since the last event.
    const struck = redact(target, this.owners)
    if (struck !== this.#struck) {
      this.#struck = struck
      this.#target = printable(struck)
    }
    return this.#target
  }
}

function ownersOf({ client, secrets }: OperationSpec): SecretOwners {
  if (client === undefined) return secrets === undefined ? NOBODY : [secrets]
  return secrets === undefined ? [client.id] : [client.id, secrets]
}

function outcomeOf(failure: unknown): 'ok' | 'failed' | 'aborted' {
  if (failure === undefined) return 'ok'
  return isAbort(failure) ? 'aborted' : 'failed'
}

function asNetError(failure: unknown): NetError {
  // A caller's own error travels on as it is; listeners get the same shape for every failure.
  return isNetError(failure) ? failure : translate(failure, nodeTable, {})
}

const unheard = (): void => {}
const NOBODY: SecretOwners = []
const nodeTable: ErrorTable = defineErrorTable([])
