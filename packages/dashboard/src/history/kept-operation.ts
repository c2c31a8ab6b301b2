/*
 * An operation in the memory of the history. The object is used again for a later one when its operation is forgotten, and so
 * are its phases: to make thousands of them a second, of which each lives for seconds, would cost the watched program more
 * than all else.
 */

import type { OperationEvent, PhaseEvent, WireEvent } from '@net/core'

import { KeptLines } from './kept-lines.ts'
import type {
  ErrorRecord,
  OperationRecord,
  Outcome,
  PhaseRecord,
  RetryRecord,
  WireLine,
} from './operation-record.ts'

/** A place for an operation. */
export class KeptOperation implements OperationRecord {
  ordinal = 0
  id = 0
  parent: number | undefined
  client: number | undefined
  protocol = ''
  operation = ''
  start = 0
  target = ''
  endpoint = ''
  duration: number | undefined
  outcome: Outcome = 'running'
  status: number | undefined
  transferred: number | undefined
  total: number | undefined
  error: ErrorRecord | undefined
  warnings: readonly string[] = NONE
  retries: readonly RetryRecord[] = NONE
  left = 0
  version = 0
  /** Those of the operation, then those of earlier ones. */
  #phases: readonly KeptPhase[] = NONE
  #used = 0
  /** Made at the first line: most programs are not watched. */
  #lines: KeptLines | undefined

  get phases(): readonly PhaseRecord[] {
    return this.#phases.slice(0, this.#used)
  }

  get wire(): readonly WireLine[] {
    return this.#lines?.list() ?? NONE
  }

  /** Begins a life as that operation; what it was before is forgotten. `version` goes on. */
  begin(event: OperationEvent, ordinal: number): void {
    const isAlone = event.state === 'warning'
    this.ordinal = ordinal
    this.id = event.id
    this.parent = event.parent
    this.client = event.client
    this.protocol = cut(event.protocol, NAME)
    this.operation = cut(event.operation, NAME)
    this.start = event.time - (event.duration ?? 0)
    this.target = same(this.target, cut(event.target ?? '', TARGET))
    this.endpoint = same(this.endpoint, cut(event.endpoint ?? '', ENDPOINT))
    this.duration = isAlone ? 0 : undefined
    this.outcome = isAlone ? 'ok' : 'running'
    this.status = undefined
    this.transferred = undefined
    this.total = undefined
    this.error = undefined
    this.warnings = NONE
    this.retries = NONE
    this.#lines?.clear()
    this.left = 0
    this.#used = 0
  }

  /** Where it goes to. */
  place({ target, endpoint }: OperationEvent): void {
    if (target !== undefined) this.target = same(this.target, cut(target, TARGET))
    if (endpoint !== undefined) this.endpoint = same(this.endpoint, cut(endpoint, ENDPOINT))
  }

  /** Takes a line, and gives what it takes in characters: nothing once there are too many. */
  addLine(event: WireEvent): number {
    this.#lines ??= new KeptLines()
    if (this.#lines.count >= MOST_LINES) {
      this.left++
      return 0
    }
    const before = this.#lines.size
    this.#lines.add(event, cut(event.text ?? `${event.bytes ?? 0} bytes`, TEXT))
    return this.#lines.size - before
  }

  /** Forgets the lines, and gives what they took. */
  dropLines(): number {
    if (this.#lines === undefined) return 0
    const { size, count } = this.#lines
    this.left += count
    this.#lines.clear()
    return size
  }

  beginPhase({ phase: name, time }: PhaseEvent): void {
    if (this.#used >= MOST_PHASES) {
      this.left++
      return
    }
    const phase = this.#phases[this.#used]
    // Not pushed: an array that grows takes room for sixteen more, and most operations have two phases.
    if (phase === undefined) this.#phases = [...this.#phases, keptPhase(name, time)]
    else {
      phase.phase = name
      phase.start = time
      phase.duration = undefined
      phase.outcome = 'running'
    }
    this.#used++
  }

  /** Phases may overlap, as where several addresses are tried at once: the last one of that name that goes on. */
  endPhase({ phase: name, time, duration, outcome = 'ok' }: PhaseEvent): void {
    for (let at = this.#used - 1; at >= 0; at--) {
      const phase = this.#phases[at]
      if (phase?.phase !== name || phase.duration !== undefined) continue
      phase.duration = duration ?? time - phase.start
      phase.outcome = outcome
      return
    }
  }
}

type KeptPhase = { -readonly [K in keyof PhaseRecord]: PhaseRecord[K] }

function keptPhase(phase: PhaseRecord['phase'], start: number): KeptPhase {
  return { phase, start, duration: undefined, outcome: 'running' }
}

/** The text that is kept already, where the new one says the same: a new one would have to be kept for long as well. */
function same(kept: string, text: string): string {
  return kept === text ? kept : text
}

/** The text, or what of it is kept. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}

/** What most operations have of warnings, attempts and lines. */
export const NONE: readonly never[] = Object.freeze([])
const NAME = 60
const TARGET = 2048
const ENDPOINT = 260
const TEXT = 1000
const MOST_PHASES = 64
const MOST_LINES = 200
