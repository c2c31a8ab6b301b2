/* Where the time of a run went: operations and phases as bars over one time line. Made from events alone. */

import type { NetEvent, OperationEvent, PhaseEvent } from '@net/core'

import { harmless } from './harmless.ts'

/** One bar: what it is, how deep it stands, and when it was, in milliseconds from the first event on. */
export interface Bar {
  readonly label: string
  readonly depth: number
  readonly start: number
  readonly duration: number
  readonly failed: boolean
}

/** The bars of all operations and their phases, in the order of their beginning. */
export function barsOf(events: readonly NetEvent[]): readonly Bar[] {
  const first = Math.min(...events.map(({ time }) => time))
  const ended = events.filter(isEnd)
  const known = new Map(ended.filter(isOperation).map((event) => [event.id, event]))
  const bars = ended.map((event) => ({
    label: isOperation(event) ? labelOf(event) : event.phase,
    depth: depthOf(event, known) + (isOperation(event) ? 0 : 1),
    // Times are whole milliseconds and durations exact, so that the difference may fall before the beginning.
    start: Math.max(0, event.time - (event.duration ?? 0) - first),
    duration: event.duration ?? 0,
    failed: event.outcome !== 'ok',
  }))
  return bars.toSorted((a, b) => a.start - b.start || a.depth - b.depth)
}

/** The bars as lines of text, the time line so many characters wide. */
export function drawWaterfall(bars: readonly Bar[], columns = 80): readonly string[] {
  const end = Math.max(...bars.map(({ start, duration }) => start + duration), 0.001)
  const labels = bars.map(({ label, depth }) => '  '.repeat(depth) + harmless(label))
  const widest = Math.max(0, ...labels.map((label) => label.length))
  const column = Math.min(widest, Math.max(12, Math.floor(columns / 3)))
  const width = Math.max(10, columns - column - 16)
  return bars.map(({ start, duration, failed }, at) => {
    const from = Math.min(Math.round((start / end) * width), width - 1)
    const length = Math.max(1, Math.min(Math.round((duration / end) * width), width - from))
    const line = `${' '.repeat(from)}${'█'.repeat(length)}`.padEnd(width)
    const label = (labels[at] ?? '').slice(0, column).padEnd(column)
    return `${label} │${line}│${`${duration.toFixed(1)} ms`.padStart(11)}${failed ? ' failed' : ''}`
  })
}

function labelOf({ protocol, operation, target }: OperationEvent): string {
  return `${protocol} ${operation} ${target ?? ''}`.trimEnd()
}

function depthOf(event: NetEvent, known: ReadonlyMap<number, OperationEvent>): number {
  let depth = 0
  let parent = isOperation(event) ? event.parent : known.get(event.id)?.parent
  while (parent !== undefined && depth < DEEPEST) {
    depth += 1
    parent = known.get(parent)?.parent
  }
  return depth
}

function isOperation(event: NetEvent): event is OperationEvent {
  return event.type === 'operation'
}

function isEnd(event: NetEvent): event is OperationEvent | PhaseEvent {
  return (event.type === 'operation' || event.type === 'phase') && event.state === 'end'
}

const DEEPEST = 8
