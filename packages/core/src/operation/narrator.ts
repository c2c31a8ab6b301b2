/*
 * Tells the events of one operation, and makes none without a listener.
 */

import { clock } from '../time/clock.ts'
import { defineErrorTable, translate, type ErrorTable } from '../errors/error-table.ts'
import { isAbort, isNetError, type NetError, type Phase } from '../errors/net-error.ts'
import { harmless } from '../errors/render.ts'
import {
  isHeard,
  tell,
  type EventHead,
  type NetEventListener,
  type WireEvent,
} from '../events/channels.ts'
import type { SecretOwners } from '../redaction/redact.ts'
import { nextId } from './next-id.ts'
import type { OperationSpec } from './operation-spec.ts'
import type { Progress } from '../progress.ts'

/** The voice of one operation. */
export class Narrator {
  readonly id: number = nextId()
  readonly #spec: OperationSpec
  readonly #log: NetEventListener | undefined
  readonly #started: number = clock().now()

  constructor(spec: OperationSpec) {
    this.#spec = spec
    this.#log = spec.client?.log
  }

  /** Milliseconds since the operation began. */
  get elapsed(): number {
    return clock().now() - this.#started
  }

  /** Whose secrets may be in its events. */
  get owners(): SecretOwners {
    return ownersOf(this.#spec)
  }

  start(): void {
    if (!isHeard('operation', this.#log)) return
    tell(
      { type: 'operation', state: 'start', ...this.#head(), ...this.#place() },
      this.#log,
      this.owners,
    )
  }

  warn(message: string): void {
    if (!isHeard('operation', this.#log)) return
    const text = harmless(message, this.owners)
    tell(
      { type: 'operation', state: 'warning', ...this.#head(), ...this.#place(), message: text },
      this.#log,
      this.owners,
    )
  }

  end(failure: unknown, transferred: number | undefined, status: number | undefined): void {
    if (!isHeard('operation', this.#log)) return
    const error = failure === undefined ? undefined : asNetError(failure)
    tell(
      {
        type: 'operation',
        state: 'end',
        ...this.#head(),
        ...this.#place(),
        outcome: outcomeOf(failure),
        duration: this.elapsed,
        ...(transferred === undefined ? {} : { transferred }),
        ...(status === undefined ? {} : { status }),
        ...(error === undefined ? {} : { error }),
      },
      this.#log,
      this.owners,
    )
  }

  /** Publishes that a phase begins; call the result when it has ended, with its error. */
  phase(name: Phase): (failure: unknown) => void {
    if (!isHeard('phase', this.#log)) return unheard
    const started = clock().now()
    tell({ type: 'phase', state: 'start', phase: name, ...this.#head() }, this.#log, this.owners)
    return (failure) => {
      const duration = clock().now() - started
      const outcome = outcomeOf(failure)
      const code = isNetError(failure) ? { code: failure.code } : {}
      tell(
        { type: 'phase', state: 'end', phase: name, ...this.#head(), outcome, duration, ...code },
        this.#log,
      )
    }
  }

  wire(direction: WireEvent['direction'], text: () => string, bytes?: number): void {
    if (!isHeard('wire', this.#log)) return
    const size = bytes === undefined ? {} : { bytes }
    tell(
      { type: 'wire', direction, ...this.#head(), text: harmless(text(), this.owners), ...size },
      this.#log,
      this.owners,
    )
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
    const known = total === undefined ? {} : { total }
    tell({ type: 'progress', ...this.#head(), transferred, ...known }, this.#log, this.owners)
  }

  retry(attempt: number, delay: number, error: NetError): void {
    if (!isHeard('retry', this.#log)) return
    tell({ type: 'retry', ...this.#head(), attempt, delay, error }, this.#log, this.owners)
  }

  #head(): EventHead {
    const { protocol, operation, parent, client } = this.#spec
    return {
      version: 1,
      id: this.id,
      ...(parent === undefined ? {} : { parent }),
      ...(client === undefined ? {} : { client: client.id }),
      protocol,
      operation,
      time: clock().now(),
    }
  }

  #place(): { readonly target?: string; readonly endpoint?: string } {
    const { target, endpoint } = this.#spec
    return {
      ...(target === undefined ? {} : { target: harmless(target, this.owners) }),
      ...(endpoint === undefined ? {} : { endpoint }),
    }
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
