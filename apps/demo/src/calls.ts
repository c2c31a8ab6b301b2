/* The calls that a program made, with the phases that each went through. Made from events alone, as anybody could. */

import type { NetEvent, OperationEvent, PhaseEvent } from '@net/core'

/** A call of the program's own. Times are in milliseconds of the process's monotonic clock. */
export interface Call {
  readonly protocol: string
  readonly operation: string
  readonly target: string
  readonly start: number
  readonly duration: number
  readonly outcome: 'ok' | 'failed' | 'aborted'
  /** Those of the call and of what ran within it, the outer ones first. */
  readonly phases: readonly PhaseSpan[]
}

/** A phase of a call. */
export interface PhaseSpan {
  readonly phase: string
  readonly start: number
  readonly duration: number
}

/** The calls that have ended, in the order of their beginning. Those of servers, and what calls made within them, are left out. */
export function callsOf(events: readonly NetEvent[]): Call[] {
  const known = new Known(events)
  const outer = known.ended.filter(({ parent }) => parent === undefined)
  const calls = outer.filter(({ operation }) => !OF_SERVERS.has(operation))
  // A proxy dials as well; where nothing else was called, it was the program.
  const own = calls.length > 0 ? calls : outer.filter(({ operation }) => operation === 'dial')
  return own.map((event) => callOf(event, known)).toSorted((a, b) => a.start - b.start)
}

function callOf(event: OperationEvent, known: Known): Call {
  const { protocol, operation, target = '', outcome = 'ok', duration = 0, id } = event
  const phases = known.phasesWithin(id)
  return { protocol, operation, target, outcome, duration, start: event.time - duration, phases }
}

/** The ends of operations and phases, found by what they belong to. */
class Known {
  readonly ended: readonly OperationEvent[]
  readonly #inner: Map<number | undefined, OperationEvent[]>
  readonly #phases: Map<number, PhaseEvent[]>

  constructor(events: readonly NetEvent[]) {
    this.ended = events.filter(
      (event): event is OperationEvent => event.type === 'operation' && event.state === 'end',
    )
    this.#inner = Map.groupBy(this.ended, ({ parent }) => parent)
    const phases = events.filter(
      (event): event is PhaseEvent => event.type === 'phase' && event.state === 'end',
    )
    this.#phases = Map.groupBy(phases, ({ id }) => id)
  }

  phasesWithin(id: number): PhaseSpan[] {
    const own = (this.#phases.get(id) ?? []).map(({ phase, time, duration = 0 }) => ({
      phase,
      start: time - duration,
      duration,
    }))
    const inner = this.#inner.get(id) ?? []
    return [...own, ...inner.flatMap((event) => this.phasesWithin(event.id))]
  }
}

/** What the embedded servers do. */
const OF_SERVERS: ReadonlySet<string> = new Set(['accept', 'dial', 'listen'])
