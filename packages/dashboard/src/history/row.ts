/*
 * An operation as the page's list gets it: an array, short enough for thousands at a time. What is long comes on demand
 * (detail.ts).
 */

import type { OperationRecord, Outcome, PhaseRecord } from './operation-record.ts'

/** A phase within a row: its name, when it began after the operation did, its length (null while it runs), how it ended. */
export type RowPhase = readonly [
  phase: string,
  start: number,
  duration: number | null,
  outcome: Outcome,
]

/** An operation in the list. Times are in milliseconds; what is unknown is null. */
export type Row = readonly [
  ordinal: number,
  id: number,
  parent: number | null,
  protocol: string,
  operation: string,
  target: string,
  endpoint: string,
  start: number,
  duration: number | null,
  outcome: Outcome,
  status: number | null,
  transferred: number | null,
  code: string | null,
  phases: readonly RowPhase[],
]

/** The row of an operation. */
export function rowOf(record: OperationRecord): Row {
  return [
    record.ordinal,
    record.id,
    record.parent ?? null,
    record.protocol,
    record.operation,
    short(record.target, TARGET),
    short(record.endpoint, ENDPOINT),
    rounded(record.start),
    record.duration === undefined ? null : rounded(record.duration),
    record.outcome,
    record.status ?? null,
    record.transferred ?? null,
    record.error?.code ?? null,
    record.phases.slice(0, PHASES).map((phase) => rowPhase(phase, record.start)),
  ]
}

function rowPhase({ phase, start, duration, outcome }: PhaseRecord, origin: number): RowPhase {
  const length = duration === undefined ? null : rounded(duration)
  return [phase, rounded(Math.max(0, start - origin)), length, outcome]
}

/** To the microsecond: more digits would be noise, and half of the row. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}

const TARGET = 90
const ENDPOINT = 40
const PHASES = 5
