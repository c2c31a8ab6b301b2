/*
 * Draws the tour as a picture: for each scenario its calls as bars over the time of the scenario, each bar coloured by
 * the phases it went through. Made from events alone, as anybody could; an SVG without scripts or fonts of its own.
 */

import type { NetEvent } from '@net/core'

import { barsOf, type Bar } from './waterfall.ts'

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

interface Call {
  readonly whole: Bar
  readonly phases: readonly Bar[]
  /** When it began, in milliseconds of the chapter. */
  readonly start: number
}

function rowsOf({ title, events }: Chapter): Row[] {
  const calls = callsOf(events)
  if (calls.length === 0) return []
  const end = Math.max(...calls.map(({ start, whole }) => start + whole.duration), 0.001)
  const shown = calls.slice(0, MOST)
  const left = calls.length - shown.length
  return [
    (y) => `<text class="title" x="0" y="${y + 13}">${escaped(title)}</text>`,
    ...shown.map(
      (call): Row =>
        (y) =>
          drawCall(call, end, y),
    ),
    ...(left === 0
      ? []
      : [(y: number) => `<text class="more" x="${INDENT}" y="${y + 13}">and ${left} more</text>`]),
  ]
}

/** The calls of clients that nothing of ours made: what a user wrote. */
function callsOf(events: readonly NetEvent[]): Call[] {
  const starts = events.filter(
    (event) =>
      event.type === 'operation' &&
      event.state === 'start' &&
      event.parent === undefined &&
      !OF_SERVERS.has(event.operation),
  )
  const origin = Math.min(...starts.map((event) => event.time))
  return starts.flatMap((event) => {
    const bars = barsOf(events, event.id)
    const whole = bars.find((bar) => bar.depth === 0)
    if (whole === undefined) return []
    const phases = bars.filter((bar) => COLOURS[bar.label] !== undefined)
    return [{ whole, phases, start: event.time - origin }]
  })
}

function drawCall({ whole, phases, start }: Call, end: number, y: number): string {
  const scale = (WIDTH - LABEL - TIME) / end
  const bar = (kind: string, from: number, duration: number): string => {
    const x = (LABEL + (start + from) * scale).toFixed(1)
    return `<rect ${kind} x="${x}" y="${y + 2}" width="${Math.max(duration * scale, 1).toFixed(1)}" height="${ROW - 6}" rx="2"/>`
  }
  const [protocol = '', operation = ''] = whole.label.split(' ')
  return [
    `<text x="${INDENT}" y="${y + 13}">${escaped(`${protocol} ${operation}`)}</text>`,
    bar('class="call"', 0, whole.duration),
    ...phases.map((phase) => bar(`fill="${COLOURS[phase.label]}"`, phase.start, phase.duration)),
    `<text class="time" x="${WIDTH}" y="${y + 13}">${whole.duration.toFixed(1)} ms</text>`,
  ].join('')
}

function legend(y: number): string {
  return Object.entries(COLOURS)
    .map(([phase, colour], index) => {
      const x = index * Math.floor(WIDTH / Object.keys(COLOURS).length)
      return `<rect fill="${colour}" x="${x}" y="${y - 10}" width="10" height="10" rx="2"/><text x="${x + 15}" y="${y}">${phase}</text>`
    })
    .join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** What the embedded servers do. */
const OF_SERVERS: ReadonlySet<string> = new Set(['accept', 'dial', 'listen'])

const WIDTH = 860
const LABEL = 150
const TIME = 80
const INDENT = 14
const ROW = 18
const TOP = 4
const LEGEND = 34
/** Of a scenario's calls so many are drawn. */
const MOST = 6

/** By phase, in the order in which a connection goes through them. */
const COLOURS: Readonly<Record<string, string>> = {
  connect: '#4c78a8',
  proxy: '#9d755d',
  tls: '#72b7b2',
  greeting: '#b279a2',
  kex: '#eeca3b',
  auth: '#e45756',
  command: '#f58518',
  send: '#54a24b',
  receive: '#d67195',
}

const STYLE = `text{font:12px system-ui,sans-serif;fill:#24292f}.title{font-weight:600}.time{text-anchor:end}.more,.time{fill:#57606a}.call{fill:#d0d7de}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.more,.time{fill:#9198a1}.call{fill:#3d444d}}`
