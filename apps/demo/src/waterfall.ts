/*
 * Draws one operation as a waterfall: its phases, and the operations within it, as bars over a common time line.
 * Made from events alone, as anybody could.
 */

import type { NetEvent, OperationEvent, PhaseEvent } from '@net/core'

/** One bar: what it is, when it began after the operation did, and how long it took. Times are in milliseconds. */
export interface Bar {
  readonly label: string
  readonly depth: number
  readonly start: number
  readonly duration: number
  readonly failed: boolean
}

/** The bars of the operation with that id, of its phases and of all that ran within it, in the order of their beginning. */
export function barsOf(events: readonly NetEvent[], id: number): Bar[] {
  const root = events.find((event) => isStart(event) && event.id === id)
  if (root === undefined) return []
  return (
    barsWithin(events, id, 0)
      // Times are whole milliseconds of the wall clock and durations are exact, so that a difference may fall before the beginning.
      .map((bar) => ({ ...bar, start: Math.max(0, bar.start - root.time) }))
      .toSorted((a, b) => a.start - b.start || a.depth - b.depth)
  )
}

/** The bars as lines of text, the time line `width` characters wide. */
export function drawWaterfall(bars: readonly Bar[], width = 48): string[] {
  const end = Math.max(...bars.map((bar) => bar.start + bar.duration), 0.001)
  const labels = bars.map((bar) => `${'  '.repeat(bar.depth)}${bar.label}`)
  const column = Math.max(...labels.map((label) => label.length), 0)
  return bars.map((bar, index) => {
    const from = Math.min(Math.round((bar.start / end) * width), width - 1)
    const length = Math.max(1, Math.round((bar.duration / end) * width))
    const line = `${' '.repeat(from)}${'█'.repeat(Math.min(length, width - from))}`.padEnd(width)
    const time = `${bar.duration.toFixed(1)} ms`.padStart(10)
    return `${(labels[index] ?? '').padEnd(column)} │${line}│${time}${bar.failed ? ' failed' : ''}`
  })
}

function barsWithin(events: readonly NetEvent[], id: number, depth: number): Bar[] {
  const own = events.filter((event) => event.id === id)
  const bars: Bar[] = []
  for (const event of own) {
    if (!isEnd(event)) continue
    const label =
      event.type === 'phase'
        ? event.phase
        : `${event.protocol} ${event.operation} ${event.target ?? ''}`.trimEnd()
    const duration = event.duration ?? 0
    const failed = event.outcome !== 'ok'
    bars.push({
      label,
      depth: event.type === 'phase' ? depth + 1 : depth,
      start: event.time - duration,
      duration,
      failed,
    })
  }
  const children = events.filter((event) => isStart(event) && event.parent === id)
  return [...bars, ...children.flatMap((child) => barsWithin(events, child.id, depth + 1))]
}

function isStart(event: NetEvent): event is OperationEvent {
  return event.type === 'operation' && event.state === 'start'
}

function isEnd(event: NetEvent): event is OperationEvent | PhaseEvent {
  return (event.type === 'operation' || event.type === 'phase') && event.state === 'end'
}
