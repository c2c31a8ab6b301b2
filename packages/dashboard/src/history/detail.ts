/* All that is known of one operation, for the panel beside the list. */

import type { History } from './history.ts'
import type { OperationRecord } from './operation-record.ts'
import { rowOf, type Row } from './row.ts'

/** An operation whole, with the operations around and within it, and the lines of all of them. */
export interface Detail extends Omit<OperationRecord, 'wire' | 'version'> {
  /** Those that it ran within, the nearest first. */
  readonly outer: readonly Row[]
  /** Those that ran within it. */
  readonly inner: readonly Row[]
  /** In the order of time. */
  readonly lines: readonly DetailLine[]
}

/** A line of the operation or of one within it; `operation` is the id of whose it is. */
export interface DetailLine {
  readonly time: number
  readonly direction: 'send' | 'receive'
  readonly text: string
  readonly operation: number
}

/** The detail of an operation; undefined when it is forgotten. */
export function detailOf(history: History, id: number): Detail | undefined {
  const record = history.get(id)
  if (record === undefined) return undefined
  const { version: _, ...known } = record
  const { phases } = record
  const inner = history.within(id, INNER)
  const lines = [record, ...inner]
    .flatMap((each) => each.wire.map((line) => ({ ...line, operation: each.id })))
    .toSorted((a, b) => a.time - b.time)
    .slice(0, LINES)
  return { ...known, phases, outer: outerOf(history, record), inner: inner.map(rowOf), lines }
}

function outerOf(history: History, record: OperationRecord): readonly Row[] {
  const rows: Row[] = []
  let at = record.parent
  while (at !== undefined && rows.length < DEEPEST) {
    const outer = history.get(at)
    if (outer === undefined) break
    rows.push(rowOf(outer))
    at = outer.parent
  }
  return rows
}

const INNER = 50
const LINES = 500
const DEEPEST = 10
