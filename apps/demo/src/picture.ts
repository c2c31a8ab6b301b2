/*
 * Draws the tour as a picture: for each scenario its calls as bars over the time of the scenario, each bar coloured by
 * the phases it went through. Made from events alone, as anybody could; an SVG without scripts or fonts of its own.
 */

import type { NetEvent } from '@net/core'

import { callsOf, type Call } from './calls.ts'
import { PHASES } from './phases.ts'

/** A scenario and the events that it made. */
export interface Chapter {
  readonly title: string
  readonly events: readonly NetEvent[]
}

/** The whole picture. Chapters without calls are left out. */
export function drawPicture(chapters: readonly Chapter[]): string {
  const rows = chapters.flatMap(rowsOf)
  const height = TOP + rows.length * ROW + LEGEND
  const body = rows.map((row, index) => row(TOP + index * ROW))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    '<title>Every call of the tour, phase by phase</title>',
    `<style>${STYLE}</style>`,
    ...body,
    legend(TOP + rows.length * ROW + 24),
    '</svg>',
    '',
  ].join('\n')
}

/** A row, once it knows how far down it stands. */
type Row = (y: number) => string

function rowsOf({ title, events }: Chapter): Row[] {
  const calls = callsOf(events)
  if (calls.length === 0) return []
  const origin = Math.min(...calls.map(({ start }) => start))
  const end = Math.max(...calls.map(({ start, duration }) => start + duration - origin), 0.001)
  const shown = calls.slice(0, MOST)
  const left = calls.length - shown.length
  return [
    (y) => `<text class="title" x="0" y="${y + 13}">${escaped(title)}</text>`,
    ...shown.map(
      (call): Row =>
        (y) =>
          drawCall(call, { origin, end }, y),
    ),
    ...(left === 0
      ? []
      : [(y: number) => `<text class="more" x="${INDENT}" y="${y + 13}">and ${left} more</text>`]),
  ]
}

/** When a chapter began, and how long it took. */
interface Span {
  readonly origin: number
  readonly end: number
}

function drawCall(call: Call, { origin, end }: Span, y: number): string {
  const scale = (WIDTH - LABEL - TIME) / end
  const bar = (kind: string, from: number, duration: number): string => {
    const x = (LABEL + (from - origin) * scale).toFixed(1)
    return `<rect ${kind} x="${x}" y="${y + 2}" width="${Math.max(duration * scale, 1).toFixed(1)}" height="${ROW - 6}" rx="2"/>`
  }
  const phases = call.phases.flatMap(({ phase, start, duration }) => {
    const look = PHASES.get(phase)
    return look === undefined ? [] : [bar(`fill="${look.colour}"`, start, duration)]
  })
  return [
    `<text x="${INDENT}" y="${y + 13}">${escaped(`${call.protocol} ${call.operation}`)}</text>`,
    bar('class="call"', call.start, call.duration),
    ...phases,
    `<text class="time" x="${WIDTH}" y="${y + 13}">${call.duration.toFixed(1)} ms</text>`,
  ].join('')
}

function legend(y: number): string {
  return [...PHASES.values()]
    .map(({ name, colour }, index) => {
      const x = index * Math.floor(WIDTH / PHASES.size)
      return `<rect fill="${colour}" x="${x}" y="${y - 10}" width="10" height="10" rx="2"/><text x="${x + 15}" y="${y}">${name}</text>`
    })
    .join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const WIDTH = 860
const LABEL = 150
const TIME = 80
const INDENT = 14
const ROW = 18
const TOP = 4
const LEGEND = 34
/** Of a scenario's calls so many are drawn. */
const MOST = 6

const STYLE = `text{font:12px system-ui,sans-serif;fill:#24292f}.title{font-weight:600}.time{text-anchor:end}.more,.time{fill:#57606a}.call{fill:#d0d7de}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.more,.time{fill:#9198a1}.call{fill:#3d444d}}`
